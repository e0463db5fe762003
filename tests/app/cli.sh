#!/usr/bin/env bash
# The command line from outside: exit statuses, what is printed where, what bad input is
# answered with, and what a run leaves behind. Speaks TAP.
#
#   cli.sh PROGRAM

set -u

program=$(realpath "$1")
work=$(mktemp -d "${TMPDIR:-/tmp}/skipscope-cli.XXXXXX")
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work" || exit 1
export XDG_DATA_HOME=$work/home XDG_CACHE_HOME=$work/cache LC_ALL=C.UTF-8
n=0

ok () {
  n=$((n + 1))
  echo "ok $n $1"
}

not_ok () {
  n=$((n + 1))
  echo "not ok $n $1"
  sed 's/^/# out: /' out | tail -n 5
  sed 's/^/# err: /' err | tail -n 5
}

skip () {
  n=$((n + 1))
  echo "ok $n $1 # SKIP $2"
}

# run ARGUMENT…: into out, err and $status.
run () {
  timeout 120 "$program" "$@" >out 2>err </dev/null
  status=$?
}

# expect STATUS REGEX NAME: of the last run; the regex must match one of its lines.
expect () {
  if [ "$status" -eq "$1" ] && cat out err | grep -qE -- "$2"; then
    ok "$3"
  else
    not_ok "$3 (status $status)"
  fi
}

# refused REGEX NAME: one line on standard error, status 1, nothing on standard output.
refused () {
  if [ "$status" -eq 1 ] && [ "$(grep -c '^skipscope: ' err)" -eq 1 ] && [ ! -s out ] \
    && grep '^skipscope: ' err | grep -qE -- "$1"; then
    ok "$2"
  else
    not_ok "$2 (status $status)"
  fi
}

# refused_alone REGEX NAME: refused, and nothing else was said before.
refused_alone () {
  [ "$(wc -l <err)" -eq 1 ] || echo 'skipscope: more than one line' >>err
  refused "$1" "$2"
}

usage () {
  if [ "$status" -eq 2 ] && grep -qE -- "$1" err && [ ! -s out ]; then
    ok "$2"
  else
    not_ok "$2 (status $status)"
  fi
}

# A picture of $2 × $3 pixels as BMP, in one colour of $4: needs no tools.
make_picture () {
  local path=$1 w=$2 h=$3 colour=$4 row pad size
  row=$((w * 3))
  pad=$(((4 - row % 4) % 4))
  size=$(((row + pad) * h))
  le32 () { printf '%b' "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $((($1 >> 8) & 255)) $((($1 >> 16) & 255)) $((($1 >> 24) & 255)))"; }
  {
    printf 'BM'
    le32 $((54 + size)); le32 0; le32 54
    le32 40; le32 "$w"; le32 "$h"
    printf '\x01\x00\x18\x00'
    le32 0; le32 "$size"; le32 2835; le32 2835; le32 0; le32 0
    head -c "$size" /dev/zero | tr '\0' "$colour"
  } >"$path"
}

# A folder of classes with pictures in them: make_classes DIR COUNT CLASS…
make_classes () {
  local dir=$1 count=$2 class i
  shift 2
  for class; do
    mkdir -p "$dir/$class"
    for ((i = 0; i < count; i++)); do
      make_picture "$dir/$class/$i.bmp" 40 36 "\\$((100 + i + ${#class} * 7))"
    done
  done
}

# Quick enough for a test: few steps, small batches, no measuring.
few=(--steps 2 --batch 8 --threads 1 --no-probes)

# --- what there is

run --version
expect 0 '^skipscope [0-9]+\.[0-9]+' 'version'
for arguments in --help -h help 'picture.jpg --help'; do
  # shellcheck disable=SC2086 # words
  run $arguments
  expect 0 '^  train ' "help names the commands: $arguments"
done
for command in train eval classify convert fetch info race lesion bench; do
  run "$command" --help
  expect 0 '^Usage:' "$command --help"
done
run info
expect 0 '^resnet20 ' 'info lists the networks'
run info resnet18 --json
expect 0 '"parameters":11689512' 'info of a network'
run info resnet20 --batch 4
expect 0 'layer1\.0\.conv1' 'info lists layers'

# --- usage

run train --epochs many
usage 'epochs' 'a number that is none'
run train --optimizer rmsprop
usage 'sgd' 'an optimiser that is none'
run train --mean 0.5,0.5
usage 'mean' 'two numbers for three'
run train --no-such-flag
usage 'no-such-flag' 'an unknown flag'
for arguments in --nonsense -x 'nowhere.jpg --nonsense' '--json train'; do
  # shellcheck disable=SC2086 # words
  run $arguments
  usage '^skipscope: “-(-nonsense|x|-json)” is not an option' "an option of no command: $arguments"
done
run race --help
if grep -q -- '--nets=' out && ! grep -q -- '--net=' out; then
  ok 'race --help names what races take'
else
  not_ok 'race --help names what races take'
fi
expect 0 'D10 .*first block, .*gradients of twins differ' 'race --help says what D10 is'
run train --help
expect 0 '--steps=N .*0: no limit' 'train --help: no limit of steps'
expect 0 '--within=SECONDS .*0: no limit' 'train --help: no limit of time'
run train surplus
usage 'surplus' 'a word too many'
for command in eval lesion; do
  run $command
  usage ': --data is needed' "$command without data"
  run $command --help
  expect 0 '^  --data=DATA +needed: ' "$command --help says what is needed"
  expect 0 '--weights=FILE .*run folder for its best; otherwise the ResNet-20' "$command --help says what is not"
done
run lesion --weights w.safetensors --data builtin --pictures 0
usage 'pictures' 'lesion on no picture'
run lesion --weights w.safetensors --data builtin --split val
usage 'train or test' 'lesion on a split that is none'
run classify --weights w.safetensors
usage 'pictures' 'classify without pictures'

# --- refusals

run info resnet19
refused 'resnet18' 'an unknown network names what comes near'
run info foo
if grep -q 'did you mean' err; then
  not_ok 'what comes near nothing'
else
  refused 'called “foo”\. Known are resnet20,' 'what comes near nothing'
fi
run train --net resnet19 --out r "${few[@]}"
refused 'resnet18' 'an unknown network does not train'
run train --data folder:nowhere --out r "${few[@]}"
refused 'nowhere' 'a missing folder'
make_classes one 4 cats
run train --data folder:one --out r "${few[@]}"
refused 'class' 'one class only'
make_classes empty/train 4 cats
mkdir -p empty/train/dogs
run train --data folder:empty --out r "${few[@]}"
refused 'dogs' 'an empty class is named'
mkdir -p cifar
head -c 3000 /dev/zero >cifar/data_batch_1.bin
run train --data cifar10:cifar --out r "${few[@]}"
refused 'cifar' 'records of the wrong length'
run train --data cifar10:nowhere --out r "${few[@]}"
refused 'nowhere' 'CIFAR that is not there'
run train --data pictures --out r "${few[@]}"
refused 'builtin' 'an unknown kind of data names what there is'
run train --batch 1000000 --net resnet152 --steps 1 --out r
refused '[0-9]' 'a batch too large for memory says what would fit'
run train --lr -1 --out r
refused 'rate|lr' 'a learning rate below zero'
run train --freeze layer9 --out r "${few[@]}"
refused 'layer1' 'an unknown group names what there is'
run train --init nowhere.safetensors --out r "${few[@]}"
refused 'nowhere' 'weights that are not there'
printf 'not a weight file' >bad.safetensors
run train --init bad.safetensors --out r "${few[@]}"
refused 'bad\.safetensors' 'weights that are none'
run train --resume nowhere
refused 'nowhere' 'a run that is not there'
run train --resume nowhere --lr 3
refused 'lr' 'a resumed run keeps its recipe'
# Nothing is announced before all is known to be well, and nothing made.
for flags in '--data folder:nowhere' '--data folder:one' '--init nowhere.safetensors' '--init bad.safetensors' \
  '--freeze layer9' '--freeze trunk,fc' '--lr-scale layer9=1'; do
  # shellcheck disable=SC2086 # words
  run train $flags
  refused_alone '.' "train $flags says why, and only that"
  # shellcheck disable=SC2086
  run race $flags
  refused_alone '.' "race $flags says why, and only that"
done
run train --recipe transfer --data folder:one
refused_alone 'transfer .* needs --init: .* --init resnet20-cifar10$' 'transfer without weights names some'
run train --freeze layer9 --within 100
refused_alone 'layer9' 'refused before time is measured'
if [ ! -e r ] && [ -z "$(find home -mindepth 3 2>/dev/null)" ]; then
  ok 'what was refused leaves no folder'
else
  find home -mindepth 3 >out
  not_ok 'what was refused leaves no folder'
fi

# --- a run

run train --out run --json "${few[@]}"
expect 0 '^\{"epoch":1,"train_loss":[0-9.e-]+,"train_accuracy":[0-9.e-]+,"test_loss":[0-9.e-]+,"test_accuracy":[0-9.e-]+,"lr":[0-9.e-]+,"images_per_s":[0-9.e+]+,"seconds":[0-9.e-]+' \
  'an epoch is one line of JSON'
if grep -q blocks out; then
  not_ok 'without probes an epoch says nothing of blocks'
else
  ok 'without probes an epoch says nothing of blocks'
fi
for file in run.json metrics.jsonl last.safetensors best.safetensors resume.safetensors \
  curves.png gradients.png network.png; do
  [ -s "run/$file" ] || echo "missing: run/$file" >>err
done
expect 0 'epoch' 'a run folder'
if grep -q '^missing' err; then
  not_ok 'a run folder holds what it should'
else
  ok 'a run folder holds what it should'
fi
run train --out run "${few[@]}" --within 100
refused_alone 'resume' 'a second run does not overwrite the first'
run train --resume run --json
expect 0 '' 'a finished run that is resumed has nothing to do'
run info run/last.safetensors
expect 0 'conv1\.weight' 'info of a weight file'
run info run/last.safetensors --json
expect 0 '"net":"resnet20"' 'info finds the network of a weight file'
run info run/last.safetensors --json
expect 0 '"transform_why":"stored with the weights"' 'info says how pictures are prepared, and why'
run info run/last.safetensors --net resnet20-b --classes 3 --parts
expect 0 'new +layer2\.0\.downsample\.0\.weight .*begins anew' 'info says what would begin anew'

# A run folder is its best weights, wherever weights are named.
cp run/best.safetensors best.safetensors
run convert best.safetensors best.pth
run convert run of-run.pth
if [ "$status" -eq 0 ] && cmp -s best.pth of-run.pth; then
  ok 'convert takes the best weights of a run'
else
  not_ok 'convert takes the best weights of a run'
fi
run info run --json
expect 0 '^\{"file":"run/best\.safetensors",.*"net":"resnet20"' 'info takes the best weights of a run'
run train --init run --out of-run "${few[@]}"
expect 0 'are in of-run' 'train begins with the best weights of a run'
mkdir weightless
for command in 'info weightless' 'convert weightless x.pth' 'eval --weights weightless --data builtin' \
  'train --init weightless'; do
  # shellcheck disable=SC2086 # words
  run $command
  refused 'weightless is a folder, but no run .*folder:weightless' "${command%% *} of a folder that is no run"
done
cp run/run.json weightless
run info weightless
refused 'has not saved any weights.* train --resume weightless' 'info of a run without weights'

# --- weights of another network

run train --init run/last.safetensors --net resnet20-b --out parts "${few[@]}"
refused_alone 'holds resnet20, which does not fit resnet20-b: .*--net resnet20,.*--init-parts' \
  'weights of another network do not fit'
run train --init run/last.safetensors --net resnet20-b --init-parts --out parts "${few[@]}"
expect 0 '^97 of 107 parts of resnet20-b come from' 'what fits is taken, and said'

run train --net plain32 --out other "${few[@]}"
for flags in '' --init-parts; do
  # shellcheck disable=SC2086 # words
  run train --init other/last.safetensors $flags --out "of-other$flags" "${few[@]}"
  expect 0 '^plain32 on ' "the network is read off the weights: ${flags:---init alone}"
  grep -q '"net": *"plain32"' "of-other$flags/run.json" || not_ok 'and remembered'
done
run train --init run/last.safetensors --net plain20 --out twin "${few[@]}"
expect 0 '^plain20 on ' 'a network that is named and fits is taken'

# --- other containers

run convert run/last.safetensors one.pth
expect 0 '^one\.pth: resnet20, 97 tensors' 'convert to a PyTorch checkpoint'
run convert one.pth two.safetensors
run convert two.safetensors three.pth
if [ "$status" -eq 0 ] && cmp -s one.pth three.pth; then
  ok 'there and back are the same bytes'
else
  not_ok 'there and back are the same bytes'
fi
run info one.pth --json
expect 0 '"transform_why":"stored with the weights".*"class_names":' \
  'a PyTorch checkpoint of ours says classes and transform'
run convert run/last.safetensors half.safetensors --half
expect 0 '^20 are float16' 'convert --half'
run info half.safetensors
expect 0 '^layer1\.0\.conv1\.weight +F16 .*matched' 'filters are float16'
run convert one.pth net.onnx
expect 0 '^net\.onnx: resnet20' 'convert to ONNX'
run convert one.pth folded.onnx --fold
if [ "$status" -eq 0 ] && grep -q BatchNormalization net.onnx \
  && ! grep -q BatchNormalization folded.onnx; then
  ok 'convert --fold leaves no batch norm'
else
  not_ok 'convert --fold leaves no batch norm'
fi
run convert one.pth x.onnx --net resnet18
refused 'one\.pth.*resnet18' 'convert to ONNX as another network'
run convert bad.safetensors x.pth
refused 'bad\.safetensors' 'convert what is no weights'
run convert one.pth /no/such/folder/x.pth
refused '/no/such/folder' 'convert into a folder that is not there'
run convert one.pth x.txt
usage 'safetensors' 'convert to an ending that is none'
run convert one.pth
usage 'OUT' 'convert one file'
run convert one.pth x.pth --fold
usage 'fold' 'convert --fold is for ONNX'
run convert one.pth x.onnx --half
usage 'half' 'convert --half is not for ONNX'
if [ -e x.onnx ] || [ -e x.pth ] || ls ./*.onnx.* >/dev/null 2>&1; then
  not_ok 'what was refused left no file'
else
  ok 'what was refused left no file'
fi
run eval --weights run/last.safetensors --data builtin --json
expect 0 '^\{"images":[0-9]+,"top1":[0-9.e-]+,"top5":[0-9.e-]+,"loss":[0-9.e-]+,"ece":[0-9.e-]+,"classes":\[\{"class":"[a-z]+","pictures":[0-9]+,"precision":' 'eval'
run eval --weights run --data builtin --csv verdicts.csv --save evaluation.svg
if [ "$status" -eq 0 ] && [ "$(head -n 1 verdicts.csv)" = index,file,class,predicted,confidence,loss ] \
  && [ "$(wc -l <verdicts.csv)" -gt 1000 ] && grep -q '<svg' evaluation.svg; then
  ok 'eval writes its table and its picture'
else
  not_ok 'eval writes its table and its picture'
fi
run eval --weights run --data builtin --exits --json
exit_of () { printf '\{"block":"layer%s","rule":"%s","accuracy":[0-9.e-]+\}' "$1" "$2"; }
expect 0 "^\\{\"images\":.*,\"exits\":\\[$(exit_of 1.0 nearest-mean),.*,$(exit_of 2.2 nearest-mean),$(exit_of 3.0 head),.*,$(exit_of 3.2 head)\\]\\}\$" 'eval --exits has an object for each block'
if [ "$(sed 's/.*"top1":\([^,]*\),.*/\1/' out)" = "$(sed 's/.*"accuracy":\([^}]*\)}\]}$/\1/' out)" ]; then
  ok 'the last exit is as right as the network'
else
  not_ok 'the last exit is as right as the network'
fi
run eval --weights run --data builtin --exits
expect 0 '^  layer2\.1 +[0-9.]+ %  nearest class mean$' 'eval --exits prints a line for each block'

# What is to be written is looked at before anything else is.
early=(--weights nowhere.safetensors --data builtin)
for file in x.jpg x x.png.bak; do
  for command in eval lesion; do
    run $command "${early[@]}" --save $file
    refused "^skipscope: $file: .*\.png, \.svg or \.pdf" "$command names the endings it can write: $file"
  done
done
run eval "${early[@]}" --save X.PNG
refused 'nowhere\.safetensors' 'endings in capitals are endings'
for command in "eval ${early[*]} --save" "eval ${early[*]} --csv" "lesion ${early[*]} --save" \
  'classify --weights nowhere.safetensors grey.bmp --csv'; do
  # shellcheck disable=SC2086 # words
  run $command /no/such/x.png
  refused 'cannot write /no/such/x\.png: there is no folder /no/such' "$command: no such folder"
  mkdir -p folder.png
  # shellcheck disable=SC2086
  run $command folder.png
  refused 'folder\.png is a folder' "$command: a folder"
  # shellcheck disable=SC2086
  run $command one.pth/x.png
  refused 'there is no folder one\.pth' "$command: in a file"
done
run eval --weights run --data builtin --csv /dev/stdout
if [ "$status" -eq 0 ] && [ -L /dev/stdout ] && grep -q '^index,file,class,' out; then
  ok 'eval writes its table to a device, and leaves that as it is'
else
  not_ok 'eval writes its table to a device, and leaves that as it is'
fi
number='-?[0-9.e+-]+'
scores="\"accuracy\":$number,\"delta_accuracy\":$number,\"loss\":$number,\"delta_loss\":$number"
run lesion --weights run/last.safetensors --data builtin --pictures 20 --json --cut layer2
expect 0 "^\\{\"block\":null,\"images\":20,$scores\\}$" 'lesion begins with the whole network'
if [ "$(wc -l <out)" -eq 11 ] && [ "$(grep -cE "^\\{\"block\":\"layer[123]\\.[012]\",$scores\\}$" out)" -eq 9 ] \
  && [ "$(head -1 out | grep -c null)" -eq 1 ] && tail -1 out | grep -q '"block":"layer2",'; then
  ok 'lesion has a line for each block, and one for those cut together'
else
  not_ok 'lesion has a line for each block, and one for those cut together'
fi
cp out first
run lesion --weights run --net resnet20 --data builtin --pictures 20 --json --cut layer2
if cmp -s out first; then ok 'lesion twice is the same'; else not_ok 'lesion twice is the same'; fi
run lesion --weights run --data builtin --pictures 20 --split train --random 2 --save lesion.svg
expect 0 '^layer3\.0 .*its shape changes' 'lesion as a table'
expect 0 '^ 2 blocks at random' 'lesion at random'
if grep -q '</svg>' lesion.svg; then ok 'lesion as a picture'; else not_ok 'lesion as a picture'; fi
for cut in fc layer9.9 layer1.0,layer4 ''; do
  run lesion --weights run --data builtin --pictures 20 --cut "$cut"
  refused "$cut.* names no block of ResNet-20: choose among layer1 .*layer3 .blocks layer3.0 to layer3.2" \
    "lesion of what is no block: $cut"
  if grep -qE 'stem|trunk' err; then not_ok 'what cannot be cut is not offered'; fi
done
run lesion --weights run --data cifar10:nowhere
refused 'nowhere' 'lesion on data that is not there'
run eval --weights run --data cifar10:nowhere
refused 'nowhere' 'eval on data that is not there'

# --- what is measured in the blocks

run train --out probed --json --steps 3 --batch 8 --threads 1
number='-?[0-9][0-9.e+-]*'
block="\"skip\":$number,\"residual\":$number,\"share\":$number,\"agreement\":$number"
block+=",\"gain\":$number,\"branch\":$number,\"gamma\":$number,\"update\":$number"
block+=",\"dead\":$number,\"lambda\":1,"
expect 0 "\"step\":3,\"blocks\":\[\{\"name\":\"layer1\.0\",$block.*\{\"name\":\"layer3\.2\",$block" \
  'an epoch says what flows through every block'
if [ -s probed/record.bin ] && [ ! -e run/record.bin ]; then
  ok 'what was measured is recorded'
else
  not_ok 'what was measured is recorded'
fi
if [ "$(grep -o '"name":"layer' out | wc -l)" -eq 9 ] \
  && sed 's/,"doctor":\[\]}$/}/' out | cmp -s - probed/metrics.jsonl; then
  ok 'nine blocks, and the same in metrics.jsonl'
else
  not_ok 'nine blocks, and the same in metrics.jsonl'
fi
if grep -q '"doctor":\[\]}$' out && ! grep -q '^doctor' err; then
  ok 'the doctor is silent when all is well'
else
  not_ok 'the doctor is silent when all is well'
fi
run train --out spoilt --json --steps 8 --batch 8 --threads 1 --lr 10
expect 0 '"doctor":\[\{"kind":"rate-high","severity":"serious",.*"remedy":"roll-back","remedy_value":0\.1\}' \
  'an epoch says what the doctor found'
if [ "$(grep -c '^doctor, step [0-9]*: The steps were too long' err)" -eq 1 ]; then
  ok 'and the doctor says it once'
else
  not_ok 'and the doctor says it once'
fi

run train --out broken --steps 60 --batch 32 --threads 1 --lr 50
expect 1 'step [0-9]+ is not a finite number(; the first layer to break was [a-z0-9._]+)?\. No weights were saved before: .*--lr' \
  'a run that diverges says that nothing was saved'
if grep -q unknown err || ls broken/*.safetensors >/dev/null 2>&1; then
  not_ok 'and nothing was'
else
  ok 'and nothing was'
fi

run bench --net resnet20 --batch 4 --threads 1 --overhead 1
expect 0 '"pairs":1,.*"overhead":-?[0-9].*"overhead_processor":-?[0-9]' \
  'bench says what measuring and recording cost'
run bench --mode infer --overhead 1
usage 'overhead' 'nothing is measured where nothing is trained'

# --- pictures

make_picture grey.bmp 50 30 '\200'
run classify --weights run --json grey.bmp
expect 0 '^\{"file":"grey\.bmp","width":50,"height":30,"top":\[\{"class":"[^"]+","index":[0-9]+,"probability":' \
  'classify'
run classify --json grey.bmp
expect 0 '"class":"(airplane|automobile|bird|cat|deer|dog|frog|horse|ship|truck)"' \
  'classify asks the weights in the box'
run classify --weights run --top 2 --csv answers.csv grey.bmp
if [ "$status" -eq 0 ] && [ "$(wc -l <answers.csv)" -eq 3 ]; then
  ok 'classify --csv writes a row a class'
else
  not_ok 'classify --csv writes a row a class'
fi
printf 'no picture at all' >words.jpg
run classify --weights run --json words.jpg grey.bmp
if [ "$status" -eq 1 ] && [ "$(wc -l <out)" -eq 2 ] \
  && head -n 1 out | grep -q '^{"file":"words.jpg","error":"'; then
  ok 'a file that is no picture is answered with an error, the next one is classified'
else
  not_ok 'a file that is no picture is answered with an error, the next one is classified'
fi
cp grey.bmp $'odd <b>n\u00e4me\xff.bmp'
run classify --weights run --json -- $'odd <b>n\u00e4me\xff.bmp'
expect 0 '"width":50' 'an odd file name'

mkdir -p album/b/c album/.hidden album/nothing
cp grey.bmp album/z.bmp
cp grey.bmp album/b/c/deep.bmp
cp grey.bmp album/b/a.bmp
cp words.jpg album/c.jpg
cp grey.bmp album/.hidden/x.bmp
cp grey.bmp album/b/.x.bmp
ln -s .. album/b/up
run classify --weights run --json --csv answers.csv album grey.bmp
if [ "$status" -eq 1 ] \
  && [ "$(cut -d '"' -f 4 out | tr '\n' ' ')" = 'album/b/a.bmp album/b/c/deep.bmp album/c.jpg album/z.bmp grey.bmp ' ] \
  && [ "$(grep -c '"error":' out)" -eq 1 ] && grep -q '^{"file":"album/c.jpg","error":"' out \
  && [ "$(wc -l <answers.csv)" -eq 21 ]; then
  ok 'classify takes what is in a folder and below, by name'
else
  not_ok 'classify takes what is in a folder and below, by name'
fi
run classify --weights run album/b/
expect 0 '^album/b/c/deep\.bmp \(50 × 30\)$' 'classify of a folder as text'
run classify --weights run album/nothing
refused 'album/nothing: no pictures' 'classify of an empty folder'

# --- a folder of pictures, one of them broken

make_classes pets/train 6 cats dogs
make_classes pets/val 2 cats dogs
cp words.jpg pets/train/cats/broken.jpg
run train --data folder:pets --out pets-run --epochs 1 --batch 6 --threads 1 --no-probes
expect 0 'broken\.jpg' 'a broken picture is named, and training goes on'
run train --data folder:pets --out torn --epochs 40 --batch 6 --threads 1 --lr 200 --warmup 2
expect 1 'is not a finite number.* saved before are kept in torn: .*--init torn' \
  'a run that diverges later says what is kept'
if [ -s torn/last.safetensors ]; then ok 'and it is'; else not_ok 'and it is'; fi
run train --init torn --data folder:pets --out mended --epochs 1 --batch 6 --threads 1 --lr 0.001
expect 0 'are in mended' 'and one can go on with it'
run eval --weights pets-run --data folder:pets --json
expect 0 '^\{"images":4,' 'eval takes val'
run train --data folder:pets --init run/last.safetensors --freeze trunk --out head \
  --epochs 1 --batch 6 --threads 1 --no-probes
expect 0 '' 'another class count gets a new head'
run eval --weights pets-run --data builtin
refused 'has 10 classes and the weights tell 2 apart' 'weights for other classes'

# --- a signal, and going on

"$program" train --out stopped --net resnet20 --epochs 1 --batch 32 --threads 1 --no-probes \
  >out 2>err </dev/null &
pid=$!
for ((i = 0; i < 100; i++)); do
  [ -s stopped/run.json ] && break
  sleep 0.1
done
sleep 0.5
kill -INT "$pid"
wait "$pid"
status=$?
expect 0 'train --resume stopped' 'a signal saves, and says how to go on'
if [ -s stopped/resume.safetensors ] && [ -s stopped/last.safetensors ]; then
  ok 'what a signal leaves can be resumed'
else
  not_ok 'what a signal leaves can be resumed'
fi

# --- a race

run race --nets resnet20 --out race
refused 'commas' 'a race of one'
run race --nets resnet20,plane20 --out race
refused 'plain20' 'a network in a race that is unknown'
run race --net resnet20
usage 'nets' 'a race is between --nets'
run race --resume nowhere
refused 'race\.json' 'a race that is not there'
run race --resume nowhere --lr 3
refused 'lr' 'a resumed race keeps its recipe'
run race --nets resnet20,plain-20 --steps 2 --batch 8 --threads 1 --out race --json
expect 0 '^\{"net":"resnet20","epoch":1,"train_loss":[0-9.e-]+,' 'an epoch of a race names its network'
expect 0 '^\{"net":"plain20",.*"d10":("layer[0-9.]+"|null)\}$' 'the plain twin tells where gradients part'
for file in race.json race.png resnet20/run.json resnet20/last.safetensors resnet20/gradients.f32 \
  plain20/metrics.jsonl plain20/best.safetensors; do
  [ -s "race/$file" ] || echo "missing: race/$file" >>err
done
if grep -q '^missing' err; then
  not_ok 'a race leaves the runs of its networks'
else
  ok 'a race leaves the runs of its networks'
fi
run race --nets resnet20,plain20 --out race --steps 2
refused_alone 'already holds a race' 'a second race does not overwrite the first'
run race --resume race
expect 0 '^plain20 +2 ' 'a finished race that is resumed prints its table'
expect 0 '^network .* D10: gradients part at$' 'and says what its columns are'
run info race
refused 'race is a race: name the run of one' 'info of a race'
run eval --weights race/plain20 --data builtin --json
expect 0 '^\{"images":' 'who raced can be measured'
"$program" race --nets resnet20,plain20 --epochs 1 --batch 8 --threads 1 --out racing \
  >out 2>err </dev/null &
pid=$!
for ((i = 0; i < 100; i++)); do
  [ -s racing/race.json ] && break
  sleep 0.1
done
sleep 0.5
kill -INT "$pid"
wait "$pid"
status=$?
expect 0 'race --resume racing' 'a signal saves the race, and says how to go on'

# --- transfer

make_classes twice/train 12 ants bees
make_classes twice/test 3 ants bees
cp twice/train/ants/5.bmp twice/test/ants/leak.bmp
printf 'BM nothing' >twice/train/bees/broken.bmp
run info folder:twice
expect 0 '^ants +12 +4$' 'info counts the pictures of a folder'
expect 0 'broken\.bmp' 'info names what is broken'
expect 0 'leak\.bmp is .*5\.bmp .*leaks' 'info names what is learnt from and tested with'
run info folder:twice --json
expect 0 '"broken":\[\{"file":"[^"]*broken\.bmp".*"leaks":true' 'info of a folder as JSON'
run info folder:nowhere
refused 'nowhere' 'info of a folder that is not there'
transfer=(train --data folder:twice --recipe transfer --init resnet20-cifar10 --epochs 4 --unfreeze 2 --batch 8
  --threads 1)
run "${transfer[@]}" --out phases --json
expect 0 '^warning: [0-9]+ test pictures' 'train warns of pictures in both parts'
expect 0 'kept features: .* times faster' 'a frozen trunk costs one look'
expect 0 'everything learns: sgd, learning rate 0\.001' 'the second phase is said'
expect 0 '"epoch":2,.*"lr":0\.001,.*"kept":true' 'an epoch says that it was learnt from features'
if [ "$(grep -c '"kept":true' phases/metrics.jsonl)" -eq 2 ] \
  && grep -q '"event":"everything learns' phases/steps.jsonl; then
  ok 'the second phase computes again, and is an event'
else
  not_ok 'the second phase computes again, and is an event'
fi
run "${transfer[@]}" --init other --epochs 1 --out of-other-kept
expect 0 '^plain32 on twice' 'a transfer takes the network of its weights'
run "${transfer[@]}" --unfreeze -1 --out r
refused 'unfreez' 'unfreezing before the beginning'
# --- what was downloaded is used by its name (tests/app/test-fetch.c downloads)

run fetch --help
expect 0 '^Usage:' 'fetch --help'
run fetch
expect 0 '^cifar10 ' 'fetch lists what there is'
run fetch resnet9
refused 'resnet18-v1' 'fetching what is not in the catalogue'
run fetch resnet20-cifar10
expect 0 'weights/resnet20-cifar10.safetensors$' 'what comes with the program is only found'
for command in eval lesion; do
  run $command --weights resnet20-cifar10 --data builtin
  refused 'has the classes circle, .* and the weights tell apart airplane, automobile, bird, …' \
    "$command by weights that name other classes"
done
run lesion --data builtin
refused 'tell apart airplane' 'the weights in the box answer where none are named'
make_classes ten/test 1 airplane automobile bird cat deer dog frog horse ship truck
run eval --weights resnet20-cifar10 --data folder:ten --json
expect 0 '"images":10,"top1":' 'the weights in the box by name'
cp out first
run eval --data folder:ten --json
if [ "$status" -eq 0 ] && cmp -s out first; then ok 'eval needs no weights'; else not_ok 'eval needs no weights'; fi
run lesion --data folder:ten --pictures 10 --json
expect 0 '"block":null,"images":10,' 'lesion needs no weights'
# Names that nobody stored are guessed, and a guess refuses nothing; converting keeps it one.
sed 's/"class_names"/"class_nomes"/' best.safetensors >nameless.safetensors
run classify --weights nameless.safetensors --json grey.bmp
expect 0 '"class":"(airplane|automobile|bird|cat|deer|dog|frog|horse|ship|truck)"' 'names that are guessed'
run convert nameless.safetensors nameless.pth
for file in nameless.safetensors nameless.pth; do
  run eval --weights $file --data builtin --json
  expect 0 '"top1":' "names that are guessed refuse nothing: $file"
done
run convert nameless.safetensors nameless.onnx
if [ "$status" -eq 0 ] && grep -q '"airplane"' nameless.onnx; then
  ok 'others are told the guess'
else
  not_ok 'others are told the guess'
fi
mv ten/test/deer ten/test/door
run eval --weights resnet20-cifar10 --data folder:ten
refused 'has the classes …, dog, door, frog, … and the weights tell apart …, deer, dog, frog, …' \
  'one class of another name'
run train --recipe transfer --init resnet20-cifar10 --freeze trunk --data folder:pets \
  --out boxed --batch 6 --epochs 1 --threads 1 --json
expect 0 '"epoch":1,' 'a transfer from the weights in the box'
run fetch a b
usage 'one NAME' 'fetching two at once'
run fetch --catalog grey.bmp
refused 'catalogue' 'a catalogue that is none'
run train --data cifar10 --out r "${few[@]}"
refused 'skipscope fetch cifar10' 'data by a name that was not downloaded'
run train --init resnet18-v1 --out r "${few[@]}"
refused 'skipscope fetch resnet18-v1' 'weights by a name that was not downloaded'
run eval --weights run --data cifar100
refused 'skipscope fetch cifar100' 'eval by a name that was not downloaded'
mkdir -p cache/skipscope
cp run/last.safetensors cache/skipscope/mine.safetensors
cp "${G_TEST_SRCDIR:-.}/fuzz/seeds/cifar/small.tar.gz" cache/skipscope/
for file in mine.safetensors small.tar.gz; do
  cat <<EOF
[${file%%.*}]
title=Mine
kind=$([ $file = small.tar.gz ] && printf 'data\nreader=cifar10' || echo weights)
licence=None
address=http://127.0.0.1:1/$file
file=$file
size=$(wc -c <"cache/skipscope/$file")
sha256=$(sha256sum "cache/skipscope/$file" | cut -c 1-12)
EOF
done >catalog.ini
export SKIPSCOPE_CATALOG=$work/catalog.ini
run classify --weights mine grey.bmp
refused 'was not checked: skipscope fetch mine' 'a file that nobody has checked'
for name in mine small; do
  run fetch $name
  expect 0 'SHA-256 [0-9a-f]{64}$' "a file that lies there is checked: $name"
done
run classify --weights mine --json grey.bmp
expect 0 '"top":\[' 'weights by name'
run convert mine named.pth
expect 0 'named\.pth: ' 'converting by name'
run train --init mine --data small --out named "${few[@]}"
expect 0 'weights, curves and pictures are in named' 'data and weights by name'
if grep -q 'cifar10:/.*/cache/skipscope/small.tar.gz' named/run.json; then
  ok 'a run remembers the place, not the name'
else
  not_ok 'a run remembers the place, not the name'
fi
unset SKIPSCOPE_CATALOG

# --- a disk that is full

if [ -w /dev/full ]; then
  run classify --weights run --csv /dev/full grey.bmp
  expect 1 '^skipscope: ' 'a full disk under --csv'
fi
if [ "$(id -u)" -ne 0 ]; then
  mkdir locked
  chmod a-w locked
  run train --out locked/run "${few[@]}"
  refused 'locked' 'a folder that may not be written'
else
  skip 'a folder that may not be written' 'root may write everywhere'
fi
# Files may only grow to 8 blocks of 1 KiB: weights do not fit, and that is what is said.
(
  ulimit -f 8
  trap '' XFSZ
  timeout 120 "$program" train --out full "${few[@]}" >out 2>err </dev/null
)
status=$?
if grep -qE 'skipscope: .*full' err && [ "$status" -le 1 ]; then
  ok 'no room for weights: said, and no crash'
else
  not_ok "no room for weights: said, and no crash (status $status)"
fi
if find full -name '*.safetensors*' 2>/dev/null | grep -q .; then
  not_ok 'no room for weights: no torn file is left'
else
  ok 'no room for weights: no torn file is left'
fi

echo "1..$n"
