package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
)

// Client asks one API server.
type Client struct {
	http      *http.Client
	base      string
	resources map[string]Resource
}

// Resource is how a kind is called in a URL.
type Resource struct {
	Name       string `json:"name"`
	Kind       string `json:"kind"`
	Namespaced bool   `json:"namespaced"`
}

// Object is what of an object says where it belongs.
type Object struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name              string            `json:"name"`
		Namespace         string            `json:"namespace"`
		Annotations       map[string]string `json:"annotations"`
		DeletionTimestamp *string           `json:"deletionTimestamp"`
	} `json:"metadata"`
	Spec struct {
		Namespace string `json:"namespace"`
	} `json:"spec"`
	Status json.RawMessage `json:"status"`
}

func newClient(base string, files *Files) (*Client, error) {
	certificate, err := tls.LoadX509KeyPair(files.clientCertificate, files.clientKey)
	if err != nil {
		return nil, err
	}
	authority, err := os.ReadFile(files.authority)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	transport := &http.Transport{
		TLSClientConfig:     &tls.Config{Certificates: []tls.Certificate{certificate}, RootCAs: pool},
		MaxIdleConnsPerHost: 16,
	}
	return &Client{http: &http.Client{Transport: transport}, base: base, resources: map[string]Resource{}}, nil
}

// port is where the server listens.
func (client *Client) port() int {
	base, err := url.Parse(client.base)
	if err != nil {
		return 0
	}
	port, _ := strconv.Atoi(base.Port())
	return port
}

func (client *Client) do(method, path string, body []byte) (int, []byte, error) {
	request, err := http.NewRequest(method, client.base+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.http.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}

var errUnknownKind = errors.New("no such kind")

// collection gives the path of the objects of a kind; namespace is where an object without one goes.
func (client *Client) collection(object *Object, namespace string) (string, error) {
	prefix := "/apis/" + object.APIVersion
	if !strings.Contains(object.APIVersion, "/") {
		prefix = "/api/" + object.APIVersion
	}
	resource, known := client.resources[object.APIVersion+"/"+object.Kind]
	if !known {
		status, body, err := client.do(http.MethodGet, prefix, nil)
		if err != nil {
			return "", err
		}
		var list struct {
			Resources []Resource `json:"resources"`
		}
		if status != http.StatusOK || json.Unmarshal(body, &list) != nil {
			return "", errUnknownKind
		}
		for _, found := range list.Resources {
			if found.Kind == object.Kind && !strings.Contains(found.Name, "/") {
				resource, known = found, true
			}
		}
		if !known {
			return "", errUnknownKind
		}
		client.resources[object.APIVersion+"/"+object.Kind] = resource
	}
	if resource.Namespaced {
		if object.Metadata.Namespace != "" {
			namespace = object.Metadata.Namespace
		}
		prefix += "/namespaces/" + namespace
	}
	return prefix + "/" + resource.Name, nil
}

// create creates an object for real, with its status, and begins its deletion if it says that it is being deleted.
func (client *Client) create(text []byte) error {
	object := &Object{}
	if err := json.Unmarshal(text, object); err != nil {
		return err
	}
	path, err := client.collection(object, "default")
	if err != nil {
		return err
	}
	if object.Metadata.DeletionTimestamp != nil {
		if text, err = held(text); err != nil {
			return err
		}
	}
	status, body, err := client.do(http.MethodPost, path, text)
	if err != nil {
		return err
	}
	if status == http.StatusConflict {
		return nil
	}
	if status != http.StatusCreated {
		return fmt.Errorf("%s %s: %d %s", object.Kind, object.Metadata.Name, status, body)
	}
	path += "/" + object.Metadata.Name
	if len(object.Status) > 0 {
		if err := client.setStatus(path, body, object.Status); err != nil {
			return err
		}
	}
	if object.Metadata.DeletionTimestamp != nil {
		if status, body, err = client.do(http.MethodDelete, path, nil); err != nil || status >= http.StatusMultipleChoices {
			return fmt.Errorf("deleting %s: %d %s", path, status, body)
		}
	}
	return nil
}

// held gives an object a finalizer, so that its deletion does not come to an end, and the confirmation for it.
func held(text []byte) ([]byte, error) {
	return edited(text, func(object map[string]any) {
		metadata := object["metadata"].(map[string]any)
		delete(metadata, "deletionTimestamp")
		metadata["finalizers"] = []any{"conformance.example.org/held"}
		annotations, _ := metadata["annotations"].(map[string]any)
		if annotations == nil {
			annotations = map[string]any{}
		}
		annotations["confirmation.gardener.cloud/deletion"] = "true"
		metadata["annotations"] = annotations
	})
}

func edited(text []byte, edit func(map[string]any)) ([]byte, error) {
	var object map[string]any
	if err := json.Unmarshal(text, &object); err != nil {
		return nil, err
	}
	edit(object)
	return json.Marshal(object)
}

func (client *Client) setStatus(path string, stored []byte, status json.RawMessage) error {
	text, err := edited(stored, func(object map[string]any) { object["status"] = status })
	if err != nil {
		return err
	}
	code, body, err := client.do(http.MethodPut, path+"/status", text)
	if err != nil {
		return err
	}
	if code != http.StatusOK && code != http.StatusNotFound {
		return fmt.Errorf("status of %s: %d %s", path, code, body)
	}
	return nil
}
