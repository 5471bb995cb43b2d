// Oracle gives Gardener's own verdict on objects, and makes the objects worth asking about.
//
//	oracle judge [--jobs N] < objects.jsonl > verdicts.jsonl
//	oracle mutate --seed N --count M [--kind K,…] [--schema FILE] FILES… > objects.jsonl
//	oracle pairs --seed N --count M FILES… > changes.jsonl
//	oracle corpus DIR > objects.jsonl
//	oracle landscapes --seed N --count M DIRS… > objects.jsonl
//	oracle check FILES…
//	oracle pull REFERENCES…
//	oracle images
//
// A line of objects is {"id": …, "object": {…}}; other members are handed on. With "old", the object
// as it was before, it is the change that is judged. A verdict adds "accepts", "stage" (decode,
// defaults, validate, panic, unsupported) and "errors", each with a type, a field and a detail.
//
// What is pulled are charts: a line says the reference, the digest of the archive and how many files it renders to. A line of
// images says a kind or a component, a name, and where it is taken from.
package main

import (
	"fmt"
	"io"
	"os"

	"k8s.io/klog/v2"
)

func main() {
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	if len(os.Args) < 2 {
		usage()
	}
	verbs := map[string]func([]string) error{
		"judge": judgeLines, "mutate": mutate, "pairs": makePairs, "corpus": corpus, "landscapes": landscapes,
		"check": checkFiles, "pull": pull, "images": images,
	}
	verb, known := verbs[os.Args[1]]
	if !known {
		usage()
	}
	if err := verb(os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: oracle judge < OBJECTS | mutate --seed N --count M FILES… | pairs --seed N --count M FILES… | corpus DIR | landscapes --seed N --count M DIRS… | check FILES… | pull REFERENCES… | images")
	os.Exit(2)
}
