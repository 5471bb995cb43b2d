package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// garden starts the API servers of a landscape, says that they are ready, and ends them when it is told to end.
func garden(directory string) error {
	directory, err := filepath.Abs(directory)
	if err != nil {
		return err
	}
	if err := os.Mkdir(directory, 0o700); err != nil {
		return err
	}
	cluster := &Cluster{directory: directory}
	defer cluster.stop()
	if err := cluster.startEtcd(); err != nil {
		return err
	}
	if _, err := cluster.startKube("runtime"); err != nil {
		return err
	}
	if cluster.kube, err = cluster.startKube("virtual-garden"); err != nil {
		return err
	}
	if cluster.gardener, err = cluster.startGardener("virtual-garden", ""); err != nil {
		return err
	}
	if err := cluster.aggregate(); err != nil {
		return err
	}
	fmt.Println("ready")
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM, syscall.SIGINT)
	<-told
	return nil
}

// aggregate makes the kube-apiserver hand on what is asked about Gardener's groups.
func (cluster *Cluster) aggregate() error {
	service := fmt.Sprintf(`{"apiVersion": "v1", "kind": "Service", "metadata": {"name": %q, "namespace": %q},
		"spec": {"type": "ExternalName", "externalName": "localhost"}}`, serviceName, serviceNamespace)
	if err := cluster.kube.create([]byte(service)); err != nil {
		return err
	}
	authority, err := os.ReadFile(cluster.files.authority)
	if err != nil {
		return err
	}
	groups, err := cluster.gardener.groups()
	if err != nil {
		return err
	}
	for _, group := range groups {
		for _, version := range group.Versions {
			text, err := json.Marshal(map[string]any{
				"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService",
				"metadata": map[string]any{"name": version.Version + "." + group.Name},
				"spec": map[string]any{
					"group": group.Name, "version": version.Version, "groupPriorityMinimum": 9000, "versionPriority": 100,
					"caBundle": authority,
					"service": map[string]any{
						"name": serviceName, "namespace": serviceNamespace, "port": cluster.gardener.port(),
					},
				},
			})
			if err != nil {
				return err
			}
			if err := cluster.kube.create(text); err != nil {
				return err
			}
			if err := cluster.kube.waitServed("/apis/" + version.GroupVersion); err != nil {
				return err
			}
		}
	}
	return nil
}

// Group is a group of kinds that a server has.
type Group struct {
	Name     string `json:"name"`
	Versions []struct {
		GroupVersion string `json:"groupVersion"`
		Version      string `json:"version"`
	} `json:"versions"`
}

func (client *Client) groups() ([]Group, error) {
	status, body, err := client.do(http.MethodGet, "/apis", nil)
	if err != nil {
		return nil, err
	}
	var list struct {
		Groups []Group `json:"groups"`
	}
	if err := json.Unmarshal(body, &list); err != nil || len(list.Groups) == 0 {
		return nil, fmt.Errorf("no groups: %d %s", status, body)
	}
	return list.Groups, nil
}

func (client *Client) waitServed(path string) error {
	var last string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		status, body, err := client.do(http.MethodGet, path, nil)
		if err == nil && status == http.StatusOK {
			return nil
		}
		last = fmt.Sprintf("%d %s %v", status, body, err)
	}
	return fmt.Errorf("%s is not served: %s", path, last)
}
