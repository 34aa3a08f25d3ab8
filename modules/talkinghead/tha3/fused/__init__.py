"""Exact, fast evaluation of the separable networks on a CPU.

Plane by plane, a separable network reads and writes memory for every convolution, norm and activation. Here a layer is
one pass over tiles that fit the second level of cache: the layer below is read raw, normed and activated on the way in,
convolved depth by depth into the tile, multiplied by the 1x1 weights in registers, and written raw together with the
sums that its own norm needs.
"""
