package main

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// What admission plugins of the gardener-apiserver fill in before the validation asks for it. They take it from other
// objects, so that they cannot run here: an object without these fields is refused by the validation and accepted by the
// server, and both answers are right.
var filledIn = map[string]*regexp.Regexp{
	// ShootMutator takes them from the CloudProfile.
	"Shoot": regexp.MustCompile(`^spec\.(kubernetes\.version|provider\.workers\[\d+\]\.(kubernetes\.version|machine\.image(\.name|\.version)?))$`),
	// ManagedSeed takes them from the shoot, and from the Secret of its DNS domain.
	"ManagedSeed": regexp.MustCompile(`^spec\.gardenlet\.config\.seedConfig\.spec\.(backup\.provider|ingress(\.domain)?|dns\.provider|` +
		`networks\.(nodes|pods|services)|provider\.(type|region|zones))$`),
	// ProjectMutator sets the user who sends the request.
	"Project": regexp.MustCompile(`^spec\.createdBy(\.\w+)?$`),
}

// What the validation says only because a field is still empty that a plugin fills in: the fault's field, and that field.
var consequences = map[string][2]string{
	"ManagedSeed": {
		`^spec\.gardenlet\.config\.seedConfig\.spec\.settings\.(topologyAwareRouting|zoneSelection|loadBalancerServices\.zones)`,
		"spec.gardenlet.config.seedConfig.spec.provider.zones",
	},
}

// lenient moves to the later faults what a plugin would have prevented.
func (verdict *Verdict) lenient(kind string, text []byte) *Verdict {
	pattern := filledIn[kind]
	if pattern == nil || verdict.Stage != StageValidate {
		return verdict
	}
	var object any
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&object); err != nil {
		return verdict
	}
	var follows *regexp.Regexp
	if consequence, found := consequences[kind]; found && isEmpty(valueAt(object, consequence[1])) {
		follows = regexp.MustCompile(consequence[0])
	}
	var kept, moved []Fault
	for _, fault := range verdict.Errors {
		filled := pattern.MatchString(fault.Field) && (kind == "Project" || isEmpty(valueAt(object, fault.Field)))
		if filled || follows != nil && follows.MatchString(fault.Field) {
			moved = append(moved, fault)
		} else {
			kept = append(kept, fault)
		}
	}
	changed := &Verdict{Stage: verdict.Stage, Errors: kept, Later: append(moved, verdict.Later...), Cut: verdict.Cut}
	if len(kept) == 0 {
		changed.Accepts, changed.Stage = true, ""
	}
	return changed
}

func isEmpty(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return value == ""
	case []any:
		return len(value) == 0
	case map[string]any:
		return len(value) == 0
	default:
		return false
	}
}

// valueAt follows a path of names and numbers.
func valueAt(value any, path string) any {
	for _, step := range strings.FieldsFunc(path, func(letter rune) bool { return strings.ContainsRune(".[]", letter) }) {
		switch holder := value.(type) {
		case map[string]any:
			value = holder[step]
		case []any:
			index, err := strconv.Atoi(step)
			if err != nil || index >= len(holder) {
				return nil
			}
			value = holder[index]
		default:
			return nil
		}
	}
	return value
}
