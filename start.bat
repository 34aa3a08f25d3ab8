@echo off
rem Set-up and start in one command: start.bat [flags of server.py]
setlocal
cd /d "%~dp0"
if not exist .venv\Scripts\python.exe (
  echo Making .venv ...
  call :make py -3.13 || call :make py -3.12 || call :make py -3.11 || call :make python || goto nopython
)
fc /b requirements.txt .venv\installed.txt >nul 2>nul
if errorlevel 1 (
  echo Installing ^(once, about a minute^) ...
  .venv\Scripts\python -m pip install --no-compile --disable-pip-version-check -r requirements.txt || exit /b 1
  copy /y requirements.txt .venv\installed.txt >nul
)
.venv\Scripts\python server.py %*
exit /b %errorlevel%
:nopython
echo error: Python 3.11, 3.12 or 3.13 was not found
echo hint: install it from python.org and tick "Add to PATH"
exit /b 1
:make
%* -c "import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))" >nul 2>nul || exit /b 1
%* -m venv .venv
exit /b %errorlevel%
