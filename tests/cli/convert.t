# A state_dict of PyTorch's as a model.
$ cp "$FIXTURES/s4d_state.safetensors" state.safetensors
$ loci convert state.safetensors -o model.safetensors && head -c 100 model.safetensors | tail -c 92 | cut -c 1-32
| {"__metadata__":{"format":"loci"
$ loci convert - -o - < state.safetensors | cmp - model.safetensors
$ loci convert state.safetensors -o other.safetensors --prenorm --bilinear --rate 8000 --classes a,b,c,d,e,f,g,h,i,j --shift 1,-2,3 --scale .5,.5,.5
$ loci convert state.safetensors -o model.safetensors --classes a,b
! loci: convert: --classes has 2 names; the model has 10 outputs
= 2
$ loci convert state.safetensors -o model.safetensors --classes a,b,c,d,e,f,g,h,b,j
! loci: convert: --classes has "b" twice; a name for each was expected
= 2
$ loci convert state.safetensors -o model.safetensors --classes a,b,c,,e,f,g,h,i,j
! loci: convert: --classes: name 4 is empty; a name for each was expected
= 2
$ loci convert state.safetensors -o model.safetensors --gray
! loci: convert: --gray is of one channel; the model has 3 inputs
= 2
$ loci convert "$FIXTURES/s4_small.safetensors" -o gray.safetensors --gray && loci inspect gray.safetensors --json | grep -o '"gray": true'; loci inspect gray.safetensors | grep ^data
| "gray": true
| data        colours were made grey
$ loci convert state.safetensors -o model.safetensors --shift 1,2,
! loci: convert: --shift: "" is no number
= 2
$ loci convert state.safetensors -o model.safetensors --scale 1,2
! loci: convert: --scale has 2 numbers; the model has 3 inputs
= 2
$ loci convert state.safetensors -o model.safetensors --scale 1,0,1
! loci: convert: scale of input 1 is 0; a number other than 0 was expected
= 2
$ loci convert state.safetensors -o model.safetensors --rate 0
! loci: convert: --rate is 0; more than 0 Hz was expected
= 2
$ loci convert state.safetensors
! loci: convert: -o is missing; the model's file was expected
= 2
$ loci convert state.safetensors -o ./state.safetensors
! loci: convert: state.safetensors is the state itself; another file was expected for the model
= 2

# What is no such state.
$ loci convert model.safetensors -o x
! loci: model.safetensors: is a model of loci already; a state_dict was expected
= 1
$ printf 'PK\003\004 and so on' > ckpt.pth; loci convert ckpt.pth -o x
! loci: ckpt.pth: is what torch.save writes; what safetensors.torch.save_file writes of its state_dict was expected
= 1
$ sed 's/norms.1.bias/norms.1.base/' state.safetensors > x.safetensors; loci convert x.safetensors -o x
! loci: x.safetensors: tensor norms.1.bias is missing
= 1
$ sed 's/encoder.bias/encoder.base/' state.safetensors > x.safetensors; loci convert x.safetensors -o x
! loci: x.safetensors: tensor encoder.bias is missing
= 1
$ sed 's/s4_layers.1.D/s4_layers.2.D/' state.safetensors > x.safetensors; loci convert x.safetensors -o x
! loci: x.safetensors: tensor s4_layers.1.D is missing
= 1
$ head -c 5000 state.safetensors > x.safetensors; loci convert x.safetensors -o x
!~ loci: x.safetensors: tensor *: its offsets do not lie within the * bytes of data
= 1
$ echo hello > x.safetensors; loci convert x.safetensors -o x
! loci: x.safetensors: is a text; a state_dict in safetensors was expected
= 1
$ ls x
!~ ls: *
= 2

# Options that are about other layers.
$ for o in --prenorm "--taps 4"; do loci convert "$FIXTURES/s5_state.safetensors" -o x $o; done
! loci: convert: --prenorm is not for layers of s5
! loci: convert: --taps is not for layers of s5
= 2
$ for o in --bilinear --liquid "--taps 4"; do loci convert "$FIXTURES/mha_state.safetensors" -o x --heads 2 $o; done
! loci: convert: --bilinear is not for layers of attention
! loci: convert: --liquid is not for layers of attention
! loci: convert: --taps is not for layers of attention
= 2
$ for o in --prenorm --bilinear --liquid "--taps 4" "--heads 2"; do loci convert "$FIXTURES/mamba_checkpoint" -o x $o; done
! loci: convert: --prenorm is not for layers of mamba
! loci: convert: --bilinear is not for layers of mamba
! loci: convert: --liquid is not for layers of mamba
! loci: convert: --taps is not for layers of mamba
! loci: convert: --heads is not for layers of mamba
= 2
$ ls x
!~ ls: *
= 2

# An S5 layer.
$ cp "$FIXTURES/s5_state.safetensors" s5.safetensors
$ loci convert s5.safetensors -o layer.safetensors && loci inspect layer.safetensors | head -n 3
| layers      1 x s5 of width 4 and order 16, zoh, no mixer of channels, one after the other
| inputs      4 numbers a sample
| outputs     4 numbers at every sample
$ printf '1,0,-1,0.5\n0,2,0,0\n' | loci predict layer.safetensors -
| file,sample,y0,y1,y2,y3
|~ -,1,0.79393*,0.00204*,-0.44917*,0.23412*
|~ -,2,-0.01971*,1.46440*,-0.01425*,-0.00633*
$ loci check layer.safetensors | tail -n 1
| all 7 gaps are within their bounds
$ loci convert s5.safetensors -o layer.safetensors --liquid --bilinear && loci inspect layer.safetensors --json | grep -o '"liquid": true'
| "liquid": true
$ loci convert state.safetensors -o x --liquid
! loci: state.safetensors: tensor Lambda is missing; a state_dict of an S5 layer was expected
= 1
$ sed 's/seq.log_step/seq.log_stop/' s5.safetensors > x.safetensors; loci convert x.safetensors -o x
! loci: x.safetensors: tensor seq.log_step is missing
= 1

# PyTorch's attention: a layer alone, whose heads are told.
$ cp "$FIXTURES/mha_state.safetensors" mha.safetensors
$ loci convert mha.safetensors -o causal.safetensors --heads 2 && loci inspect causal.safetensors | head -n 1
| layers      1 x attention of width 8, 2 heads, no positions, no mixer of channels, one after the other
$ loci convert mha.safetensors -o whole.safetensors --heads 2 --whole
$ for k in causal whole; do loci check $k.safetensors --length 100 | tail -n 1; done
| all 1 gaps are within their bounds
| all 1 gaps are within their bounds
$ loci convert mha.safetensors -o x
! loci: mha.safetensors: holds attention, whose tensors do not say how many heads it has; their number was expected
= 1
$ loci convert mha.safetensors -o x --heads 3
! loci: convert: --heads is 3; a number that divides 8, the width, was expected
= 2
$ loci convert mha.safetensors -o x --whole
! loci: convert: --whole is of attention; --heads was expected
= 2
$ loci convert s5.safetensors -o x --heads 2
! loci: s5.safetensors: tensor in_proj_weight is missing; a state_dict of MultiheadAttention was expected
= 1
$ printf '1,0,0,0,0,0,0,0\n0,1,0,0,0,0,0,0\n' > two.csv; loci predict causal.safetensors two.csv | cut -d , -f 1,2; loci stream causal.safetensors two.csv
| file,sample
| two.csv,1
| two.csv,2
! loci: causal.safetensors: the model's attention has no window: it looks back at every sample since the beginning, for which the fixed memory of a stream has no room; layers with an attention window were expected
= 1

# Layers that are S4Block: of low rank, both ways, and for kernels that end.
$ loci convert "$FIXTURES/s4_state.safetensors" -o s4.safetensors; loci inspect s4.safetensors | head -n 1; loci check s4.safetensors --length 300 | tail -n 1
| layers      2 x s4 of width 16 and order 16, bilinear, rank 1, layer norms behind them; dropout 0.1, tied
| all 7 gaps are within their bounds
$ loci convert "$FIXTURES/s4_small.safetensors" -o small.safetensors --taps 20; loci inspect small.safetensors | head -n 1
| layers      1 x s4 of width 2 and order 4, bilinear, rank 2, kernels of 20 samples, bidirectional, layer norms behind them; dropout 0.1, tied
$ loci convert "$FIXTURES/s4_small.safetensors" -o small.safetensors --taps 2000000
!~ loci: *s4_small.safetensors: taps is 2000000; 0 to 1048576 was expected
= 1
$ loci convert "$FIXTURES/s4_small.safetensors" -o s4.safetensors
$ awk 'BEGIN { for (k = 0; k < 9; k++) print k % 4 }' | loci predict s4.safetensors - --top 1 | cut -d, -f 2
| class
| 1

# A single output is a number, which nothing makes a class of: predict says what stream does.
$ cat > one.py <<'END'
+ import json, struct
+ b = open("state.safetensors", "rb").read()
+ n = struct.unpack("<Q", b[:8])[0]
+ head, data, out = json.loads(b[8 : 8 + n]), b[8 + n :], b""
+ for name in sorted(k for k in head if k != "__metadata__"):
+     a, z = head[name]["data_offsets"]
+     part = data[a:z]
+     if name.startswith("decoder"):
+         part, head[name]["shape"][0] = part[: len(part) // 10], 1
+     head[name]["data_offsets"] = [len(out), len(out) + len(part)]
+     out += part
+ text = json.dumps(head).encode()
+ text += b" " * (-len(text) % 8)
+ open("one.safetensors", "wb").write(struct.pack("<Q", len(text)) + text + out)
+ END
$ python3 one.py; loci convert one.safetensors -o value.safetensors; printf 'x,y,z\n.1,.2,.3\n.4,.5,.6\n' > v.csv; loci predict value.safetensors v.csv | cut -c -12; loci stream value.safetensors v.csv | tail -n 1 | cut -d , -f 2 | cut -c -6
| file,y
| v.csv,0.4422
| 0.4422
