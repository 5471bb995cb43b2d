// Package server serves artifacts to the controllers that apply them.
package server

import (
	"context"
	"net/http"

	"github.com/fluxcd/pkg/artifact/config"
)

// Start serves until the context ends.
func Start(ctx context.Context, options *config.Options) error {
	server := &http.Server{Addr: options.StorageAddress, Handler: http.FileServer(http.Dir(options.StoragePath))}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	return server.ListenAndServe()
}
