# A model, told from a memory by its content.
$ cp "$FIXTURES/s4d_state.safetensors" state.safetensors; loci convert state.safetensors -o m.safetensors && loci inspect m.safetensors
| layers      2 x s4d of width 16 and order 16, zoh, layer norms behind them; dropout 0.1, tied
| inputs      3 numbers a sample
| outputs     10 numbers from the mean over all samples
| parameters  2,474, 9.9 KB in single precision; fingerprint f6c8904cb74ab19f
|
| part            parameters
| encoder                 64
| s4_layers.0          1,088
| norms.0                 32
| s4_layers.1          1,088
| norms.1                 32
| decoder                170
|
| step dt
|                        min     median        max
| s4_layers.0       0.001102   0.009125    0.06997
| s4_layers.1       0.001264   0.009819    0.06244
|
| time constant                            samples
|                        min     median        max
| s4_layers.0          28.58      225.7      1,815
| s4_layers.1          32.03      223.8      1,583
|
| frequency                         turns a sample
|                        min     median        max
| s4_layers.0              0    0.01485     0.2449
| s4_layers.1              0    0.01037     0.2185
|
| Of the modes: the time in which one fades to 1/e, 1/(|Re A| dt), and how fast it turns, Im A dt / 2 pi.
$ loci convert state.safetensors -o told.safetensors --prenorm --rate 8000 --classes a,b,c,d,e,f,g,h,i,j --shift 1,-2,0 --scale 1,2,0.5 && loci inspect told.safetensors | grep -v '^norms'
| layers      2 x s4d of width 16 and order 16, zoh, layer norms before them; dropout 0.1, tied
| inputs      3 numbers a sample, at 8000 Hz; the network sees sample - 1, (sample + 2) 2, sample 0.5
| outputs     10 numbers from the mean over all samples: a, b, c, d, e, f, g, h, i, j
| parameters  2,474, 9.9 KB in single precision; fingerprint 14d179939a83391f
|
| part            parameters
| encoder                 64
| s4_layers.0          1,088
| s4_layers.1          1,088
| decoder                170
|
| step dt
|                        min     median        max
| s4_layers.0       0.001102   0.009125    0.06997
| s4_layers.1       0.001264   0.009819    0.06244
|
| time constant                            samples                          seconds
|                        min     median        max        min     median        max
| s4_layers.0          28.58      225.7      1,815   0.003573    0.02821     0.2268
| s4_layers.1          32.03      223.8      1,583   0.004004    0.02798     0.1979
|
| frequency                         turns a sample                               Hz
|                        min     median        max        min     median        max
| s4_layers.0              0    0.01485     0.2449          0      118.8      1,959
| s4_layers.1              0    0.01037     0.2185          0      82.94      1,748
|
| Of the modes: the time in which one fades to 1/e, 1/(|Re A| dt), and how fast it turns, Im A dt / 2 pi.
$ loci inspect - --json < told.safetensors | cut -c 1-180
| {
|   "config": {"layer": "s4d", "inputs": 3, "outputs": 10, "layers": 2, "width": 16, "order": 16, "discretization": "zoh", "dt_min": 0.001, "dt_max": 0.1, "plain": false, "norm": "la
|   "rate": 8000,
|   "shift": [1, -2, 0],
|   "scale": [1, 2, 0.5],
|   "task": "class",
|   "target_shift": null,
|   "target_scale": null,
|   "classes": ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"],
|   "gray": false,
|   "permutation": null,
|   "label": null,
|   "columns": null,
|   "missing": "refuse",
|   "window": null,
|   "horizon": null,
|   "test": null,
|   "training": null,
|   "parameters": 2474,
|   "fingerprint": "14d179939a83391f",
|   "parts": [{"name": "encoder", "parameters": 64}, {"name": "s4_layers.0", "parameters": 1088, "dt": {"min": 0.0011020805703664096, "median": 0.009124917149137525, "max": 0.0699715
| }
$ loci inspect m.safetensors --json | grep -c '"parts": \[{"name": "encoder", "parameters": 64}, {"name": "s4_layers.0", "parameters": 1088, "dt": {"min": 0.0011'
| 1
$ loci inspect m.safetensors --plot - | head -n 4 | cut -c 1-60
| Kernels of m.safetensors
| channels of the largest, the middle and the smallest step, e
|
| s4_layers.0   ── dt 0.07   ── dt 0.011   ── dt 0
$ loci inspect told.safetensors --plot - | tail -n 1 | tr -s ' '
|  age of the input (s)
$ loci inspect m.safetensors --plot - --json
! loci: inspect: the chart and the JSON both go to standard output; --plot with a file was expected
= 2
$ loci inspect m.safetensors --plot m.pdf
! loci: inspect: --plot: m.pdf: no chart can be written there; FILE.svg, FILE.png or - was expected
= 2
$ ln m.safetensors m.svg; loci inspect m.safetensors --plot m.svg
! loci: inspect: m.safetensors is the model itself; another file was expected for the chart
= 2
$ printf '1\n2\n3\n' > s.csv; loci remember s.csv -o memory.loci; loci inspect memory.loci --plot -
! loci: inspect: --plot draws the kernels of a model; memory.loci is none
= 2
$ loci inspect state.safetensors
! loci: state.safetensors: holds tensors, but no model of loci ('loci convert' makes one of a PyTorch state)
= 1
$ head -c 2000 m.safetensors > x; loci inspect x
! loci: x: is no safetensors file, or a damaged one: a header of 2280 bytes in 2000
= 1
$ { head -c 11000 m.safetensors; printf x; tail -c +11002 m.safetensors; } > x; loci inspect x
! loci: x: is damaged, or was changed by a program that kept its checksum
= 1
$ printf '\377\0\0\0\0\0\0\200{' > x; loci inspect x
! loci: x: begins like none of the files that loci writes
= 1
