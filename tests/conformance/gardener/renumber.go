package main

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/gardener/gardener/pkg/apis/core"
)

// Lists is what of a profile the server drops expired items from, before it validates.
type lists struct {
	kubernetes []core.ExpirableVersion
	images     []core.MachineImage
}

func listsOf(object runtime.Object) *lists {
	switch profile := object.(type) {
	case *core.CloudProfile:
		return &lists{profile.Spec.Kubernetes.Versions, profile.Spec.MachineImages}
	case *core.NamespacedCloudProfile:
		found := &lists{images: profile.Spec.MachineImages}
		if profile.Spec.Kubernetes != nil {
			found.kubernetes = profile.Spec.Kubernetes.Versions
		}
		return found
	default:
		return nil
	}
}

var (
	kubernetesItem = regexp.MustCompile(`^(spec\.kubernetes\.versions\[)(\d+)(\].*)$`)
	imageItem      = regexp.MustCompile(`^(spec\.machineImages\[)(\d+)(\].*)$`)
	versionItem    = regexp.MustCompile(`^(spec\.machineImages\[\d+\]\.versions\[)(\d+)(\].*)$`)
)

// renumbered gives the fields the numbers that their items have in the user's object.
func renumbered(source, kept runtime.Object, errs field.ErrorList) field.ErrorList {
	before, after := listsOf(source), listsOf(kept)
	if before == nil {
		return errs
	}
	kubernetes := places(before.kubernetes, after.kubernetes, same[core.ExpirableVersion])
	images := places(before.images, after.images, func(one, other core.MachineImage) bool { return one.Name == other.Name })
	for _, err := range errs {
		err.Field = renumber(err.Field, kubernetesItem, kubernetes)
		if match := imageItem.FindStringSubmatch(err.Field); match != nil {
			number, _ := strconv.Atoi(match[2])
			if number < len(images) {
				versions := places(before.images[images[number]].Versions, after.images[number].Versions, same[core.MachineImageVersion])
				err.Field = renumber(err.Field, versionItem, versions)
			}
		}
		err.Field = renumber(err.Field, imageItem, images)
	}
	return errs
}

func same[T any](one, other T) bool { return reflect.DeepEqual(one, other) }

// places gives for each item that was kept its place among all; what is kept is in the order it was in.
func places[T any](all, kept []T, same func(T, T) bool) []int {
	var found []int
	at := 0
	for _, item := range kept {
		for at < len(all)-1 && !same(all[at], item) {
			at++
		}
		found = append(found, at)
		at++
	}
	return found
}

func renumber(path string, item *regexp.Regexp, places []int) string {
	match := item.FindStringSubmatch(path)
	if match == nil {
		return path
	}
	number, err := strconv.Atoi(match[2])
	if err != nil || number >= len(places) {
		return path
	}
	return fmt.Sprint(match[1], places[number], match[3])
}
