module github.com/fluxcd/pkg/artifact

go 1.25.0

require (
	github.com/fluxcd/pkg/apis/meta v1.22.0
	github.com/fluxcd/pkg/sourceignore v0.18.0
	github.com/opencontainers/go-digest v1.0.0
	github.com/spf13/pflag v1.0.10
	k8s.io/apimachinery v0.34.1
)
