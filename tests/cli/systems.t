# Systems that cannot be: one sentence, and status 2 where the command line is wrong, 1 where a file is.
$ loci check lges:8
! loci: check: "lges:8" is no system; did you mean legs:8?
= 2
$ loci check s4dlin:8,copies=2
! loci: check: "s4dlin:8,copies=2" is no system; did you mean s4d-lin:8,copies=2?
= 2
$ loci check legs
! loci: check: order of "legs" is missing or wrong; legs:N was expected, N from 1 to 1024
= 2
$ loci check transformer:8
! loci: check: "transformer:8" is no system; KIND:N with legs, legt, fout, lagt, s4-legs, s4-legt, s4-fout, s4d-lin, s4d-inv, s4d-legs, s4d-real or s5 was expected, or an .npz file
= 2
$ loci check legs:0
! loci: check: order of "legs:0" is missing or wrong; legs:N was expected, N from 1 to 1024
= 2
$ loci check s4d-lin:7
! loci: check: order is 7; an even one was expected, since the modes of a diagonal system come in pairs
= 2
$ loci check s4-legs:7
!~ loci: check: order is 7; an even one was expected*
= 2
$ loci check fout:7
!~ loci: check: *7*even*
= 2
$ loci check legs:4,dt=-1
! loci: check: dt is "-1"; seconds above 0, or FIRST..LAST was expected
= 2
$ loci check legs:4,dt=nan
! loci: check: dt is "nan"; seconds above 0, or FIRST..LAST was expected
= 2
$ loci check legs:4,coopies=2
! loci: check: option is "coopies"; dt, copies, seed, lag or structure was expected
= 2
$ loci check legs:4,copies=0
!~ loci: check: copies is *
= 2
$ loci check legs:4 --discretization tustin
! loci: check: --discretization is "tustin"; zoh, foh, bilinear, backward or euler was expected
= 2
$ loci check legs:4 --discretization bilinaer
! loci: check: --discretization is "bilinaer"; did you mean bilinear?
= 2
$ loci check s4-legs:4 --discretization zoh
!~ loci: s4-legs:4: discretization is zoh, under which a diagonal plus low rank system becomes dense; bilinear was expected*
= 1
$ loci check none.npz
! loci: none.npz: cannot be opened as an archive: No such file
= 1
$ echo no archive > text.npz; loci check text.npz
!~ loci: text.npz: *archive*
= 1
$ loci check "$FIXTURES/system_wrong.npz"
!~ loci: *system_wrong.npz: B is [[]3,5] complex; [[]3,4] complex was expected
= 1
$ loci check "$FIXTURES/system_negative.npz"
!~ loci: *system_negative.npz: dt of copy 1 is -0.2; a finite number above 0 was expected
= 1
$ loci check "$FIXTURES/system_partial.npz"
!~ loci: *system_partial.npz: has no member C
= 1
