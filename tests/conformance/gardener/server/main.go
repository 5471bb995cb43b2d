// Server is etcd, a kube-apiserver, a gardener-apiserver and a gardener-resource-manager in one program, and asks them.
//
//	server judge < objects.jsonl > verdicts.jsonl
//	server garden DIR
//
// A line is one of the oracle's, with the objects that must exist beside its own in "companions". They are created for
// real; the object itself is created as a dry run with strict decoding. The verdict has the members of the oracle's.
//
// A garden is the API servers of a runtime cluster and of a virtual garden, which run until SIGTERM. When they are ready,
// DIR has runtime.kubeconfig and virtual-garden.kubeconfig, and the line `ready` is printed.
package main

import (
	"fmt"
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	kubeapiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"

	gardenerapiserver "github.com/gardener/gardener/cmd/gardener-apiserver/app"
	resourcemanager "github.com/gardener/gardener/cmd/gardener-resource-manager/app"
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
	case "gardener-resource-manager":
		os.Exit(cli.Run(resourcemanager.NewCommand()))
	case "judge":
		finish(judge())
	case "garden":
		if len(os.Args) != 2 {
			usage()
		}
		finish(garden(os.Args[1]))
	default:
		usage()
	}
}

func finish(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: server judge < OBJECTS, server garden DIR, or etcd|kube-apiserver|gardener-apiserver|gardener-resource-manager with flags of theirs")
	os.Exit(2)
}
