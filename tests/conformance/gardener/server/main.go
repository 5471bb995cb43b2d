// Server is etcd, kube-apiserver and gardener-apiserver in one program, and what asks them.
package main

import (
	"fmt"
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
	_ "k8s.io/component-base/logs/json/register"
	"k8s.io/component-base/cli"
	kubeapiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"

	gardenerapiserver "github.com/gardener/gardener/cmd/gardener-apiserver/app"
	"github.com/gardener/gardener/pkg/apiserver/features"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: server etcd|kube-apiserver|gardener-apiserver …")
		os.Exit(2)
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
	}
}
