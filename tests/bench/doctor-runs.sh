#!/usr/bin/env bash
# Provokes illnesses on purpose, and their absence, and leaves a trace of each run: what
# the thresholds of core/insight/doctor-rules.c are read off.
#
#   doctor-runs.sh PROGRAM CIFAR WEIGHTS OUT [NAME…]
#
# PROGRAM: doctor-trace, CIFAR: folder or archive of CIFAR-10's binary version, WEIGHTS: a
# ResNet-20 trained on it, OUT: folder for NAME.trace. Without names: every run whose trace
# is not there yet.

set -eu

program=$1 cifar=cifar10:$2 weights=$3 out=$4
shift 4
wanted=" $* "
mkdir -p "$out"

# trace NAME RECIPE [OPTION…]: RECIPE without its braces.
trace () {
  local name=$1 recipe=$2
  shift 2
  if [ "$wanted" = "  " ]; then
    [ ! -f "$out/$name.trace" ] || return 0
  else
    [[ $wanted == *" $name "* ]] || return 0
  fi
  echo "$name: {$recipe} $*"
  [[ $recipe == *'"data"'* ]] || recipe="\"data\":\"$cifar\",$recipe"
  "$program" "{$recipe}" "$@" >"$out/$name.part"
  mv "$out/$name.part" "$out/$name.trace"
}

# --- nothing is wrong

trace well-resnet20 '"net":"resnet20","batch":64,"steps":200'
trace well-resnet20-demo '"net":"resnet20","data":"builtin","schedule":"onecycle","steps":150'
trace well-resnet20-zero '"net":"resnet20","zero_gamma":true,"batch":64,"steps":200'
trace well-resnet56-slow '"net":"resnet56","lr":0.02,"batch":32,"steps":120'
trace well-resnet56-zero '"net":"resnet56","zero_gamma":true,"batch":32,"steps":120'
trace well-resnet56-warm '"net":"resnet56","warmup":0.1,"batch":32,"steps":160'
trace well-plain20 '"net":"plain20","batch":64,"steps":150'
trace well-adamw '"net":"resnet20","optimizer":"adamw","lr":0.002,"batch":64,"steps":120'
trace well-resnet18 '"net":"resnet18-cifar","lr":0.02,"batch":32,"steps":60'
trace well-tuned "\"net\":\"resnet20\",\"init\":\"$weights\",\"lr\":0.01,\"batch\":64,\"steps\":120"
trace well-tail "\"net\":\"resnet20\",\"init\":\"$weights\",\"lr\":1e-5,\"batch\":64,\"steps\":100"
trace well-transfer "\"net\":\"resnet20\",\"data\":\"builtin\",\"init\":\"$weights\",\"freeze\":\"trunk\",\"optimizer\":\"adam\",\"lr\":0.001,\"schedule\":\"constant\",\"batch\":16,\"steps\":250"
trace well-thawed "\"net\":\"resnet20\",\"data\":\"builtin\",\"init\":\"$weights\",\"freeze\":\"stem,layer1\",\"lr\":0.01,\"batch\":32,\"steps\":150"
trace well-decay-light '"net":"resnet20","weight_decay":0.005,"batch":64,"steps":150'

# --- something is

trace ill-plain56 '"net":"plain56","batch":32,"steps":160'
trace ill-plain56-slow '"net":"plain56","lr":0.001,"batch":32,"steps":60'
trace ill-resnet56 '"net":"resnet56","batch":32,"steps":160'
trace ill-rate3 '"net":"resnet20","lr":3,"batch":64,"steps":120'
trace ill-rate10 '"net":"resnet20","lr":10,"batch":64,"steps":120'
trace ill-rate-low '"net":"resnet20","lr":1e-6,"batch":64,"steps":150'
trace ill-decay1 '"net":"resnet20","weight_decay":1,"batch":64,"steps":150'
trace ill-decay20th '"net":"resnet20","weight_decay":0.05,"batch":64,"steps":200'
trace ill-rate-lowish '"net":"resnet20","lr":1e-5,"batch":64,"steps":150'
trace ill-resnet18 '"net":"resnet18-cifar","batch":32,"steps":60'
trace ill-tuned "\"net\":\"resnet20\",\"init\":\"$weights\",\"lr\":1,\"batch\":64,\"steps\":120"
trace ill-asleep '"net":"resnet20","zero_gamma":true,"bn_mode":"affine","batch":64,"steps":120'
trace ill-cut20 '"net":"resnet20","batch":64,"steps":120' lambda=0
trace ill-cut56 '"net":"resnet56","batch":32,"steps":120' lambda=0
trace ill-half56 '"net":"resnet56","batch":32,"steps":100' lambda=0.5
trace ill-rise '"net":"resnet20","lr":0.05,"batch":64,"steps":180' factor=100:60
trace ill-adam '"net":"resnet20","optimizer":"adam","lr":0.3,"batch":64,"steps":120'
trace ill-plain110 '"net":"plain110","batch":16,"steps":120'
