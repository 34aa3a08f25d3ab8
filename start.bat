@echo off
rem Set-up and start in one command: start.bat [flags of server.py]
setlocal
cd /d "%~dp0"
if not exist .venv\Scripts\python.exe (
  echo Making .venv ...
  py -3 -m venv .venv || python -m venv .venv || goto nopython
)
fc /b requirements.txt .venv\installed.txt >nul 2>nul
if errorlevel 1 (
  echo Installing ^(once, about a minute^) ...
  .venv\Scripts\python -m pip install --quiet --disable-pip-version-check -r requirements.txt || exit /b 1
  copy /y requirements.txt .venv\installed.txt >nul
)
.venv\Scripts\python server.py %*
exit /b %errorlevel%
:nopython
echo error: Python 3.11, 3.12 or 3.13 was not found
echo hint: install it from python.org and tick "Add to PATH"
exit /b 1
