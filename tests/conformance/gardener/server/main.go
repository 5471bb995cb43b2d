// Server is etcd, a kube-apiserver and a gardener-apiserver in one program, and asks them.
//
//	server judge < objects.jsonl > verdicts.jsonl
//
// A line is one of the oracle's, with the objects that must exist beside its own in "companions". They are created for
// real; the object itself is created as a dry run with strict decoding. The verdict has the members of the oracle's.
package main

import (
	"fmt"
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	kubeapiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"

	gardenerapiserver "github.com/gardener/gardener/cmd/gardener-apiserver/app"
	"github.com/gardener/gardener/pkg/apiserver/features"
)

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	verb := os.Args[1]
	os.Args = os.Args[1:]
	switch verb {
	case "etcd":
		etcdmain.Main(os.Args)
	case "kube-apiserver":
		os.Exit(cli.Run(kubeapiserver.NewAPIServerCommand()))
	case "gardener-apiserver":
		features.RegisterFeatureGates()
		os.Exit(cli.Run(gardenerapiserver.NewCommand()))
	case "judge":
		if err := judge(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	default:
		usage()
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: server judge < OBJECTS, or etcd|kube-apiserver|gardener-apiserver with flags of theirs")
	os.Exit(2)
}
