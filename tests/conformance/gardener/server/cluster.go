package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// How long a server may take until it is ready.
const patience = 2 * time.Minute

// Where the gardener-apiserver keeps its objects.
const registry = "/registry-gardener/"

// Cluster is servers that belong together, and clients of them.
type Cluster struct {
	directory string
	files     *Files
	processes []*exec.Cmd
	etcd      *clientv3.Client
	kube      *Client
	gardener  *Client
}

// startCluster starts etcd, a kube-apiserver and a gardener-apiserver, and waits until they are ready.
func startCluster(gates string) (*Cluster, error) {
	directory, err := os.MkdirTemp("", "gardener-server-")
	if err != nil {
		return nil, err
	}
	cluster := &Cluster{directory: directory}
	if err := cluster.start(gates); err != nil {
		cluster.stop()
		return nil, err
	}
	return cluster, nil
}

func (cluster *Cluster) start(gates string) error {
	if err := cluster.startEtcd(); err != nil {
		return err
	}
	var err error
	if cluster.kube, err = cluster.startKube("kube"); err != nil {
		return err
	}
	cluster.gardener, err = cluster.startGardener("kube", gates)
	return err
}

// startEtcd starts etcd on free ports of the loopback interface, like all other servers.
func (cluster *Cluster) startEtcd() error {
	var err error
	if cluster.files, err = writeFiles(cluster.directory); err != nil {
		return err
	}
	ports, err := freePorts(2)
	if err != nil {
		return err
	}
	address, peer := loopback("http", ports[0]), loopback("http", ports[1])
	if err := cluster.run("etcd", "etcd", "--data-dir", cluster.file("etcd"), "--unsafe-no-fsync", "--log-level=error",
		"--listen-client-urls="+address, "--advertise-client-urls="+address, "--listen-peer-urls="+peer,
		"--initial-advertise-peer-urls="+peer, "--initial-cluster=default="+peer); err != nil {
		return err
	}
	cluster.etcd, err = clientv3.New(clientv3.Config{Endpoints: []string{address}, DialTimeout: patience})
	return err
}

// startKube starts a kube-apiserver with objects of its own, and writes NAME.kubeconfig for its clients.
func (cluster *Cluster) startKube(name string) (*Client, error) {
	return cluster.startServer("kube-apiserver", name, func(address string) ([]string, error) {
		files := cluster.files
		return []string{
			"--authorization-mode=RBAC", "--service-cluster-ip-range=10.0.0.0/24", "--etcd-prefix=/registry-" + name,
			"--service-account-issuer=https://conformance", "--service-account-key-file=" + files.signingKey,
			"--service-account-signing-key-file=" + files.signingKey, "--disable-admission-plugins=ServiceAccount",
			"--api-audiences=https://conformance,gardener",
			"--proxy-client-cert-file=" + files.proxyCertificate, "--proxy-client-key-file=" + files.proxyKey,
		}, files.writeKubeconfig(cluster.file(name+".kubeconfig"), address)
	})
}

// startGardener starts a gardener-apiserver that asks a kube-apiserver about namespaces, Secrets and users.
func (cluster *Cluster) startGardener(kube, gates string) (*Client, error) {
	return cluster.startServer("gardener-apiserver", "gardener", func(string) ([]string, error) {
		kubeconfig := cluster.file(kube + ".kubeconfig")
		return []string{
			"--authentication-kubeconfig=" + kubeconfig, "--authorization-kubeconfig=" + kubeconfig, "--kubeconfig=" + kubeconfig,
			"--cluster-identity=conformance", "--authorization-always-allow-paths=/readyz", "--feature-gates=" + gates,
			"--workload-identity-token-issuer=https://conformance",
			"--workload-identity-signing-key-file=" + cluster.files.signingKey,
		}, nil
	})
}

// startServer starts a server with the flags that all have and those of its own, and waits until it is ready.
func (cluster *Cluster) startServer(role, name string, flags func(address string) ([]string, error)) (*Client, error) {
	ports, err := freePorts(1)
	if err != nil {
		return nil, err
	}
	address, files := loopback("https", ports[0]), cluster.files
	own, err := flags(address)
	if err != nil {
		return nil, err
	}
	if err := cluster.run(name, role, append(own,
		"--etcd-servers="+cluster.etcd.Endpoints()[0], "--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", ports[0]),
		"--tls-cert-file="+files.serverCertificate, "--tls-private-key-file="+files.serverKey,
		"--client-ca-file="+files.authority, "--requestheader-client-ca-file="+files.authority,
		"--requestheader-username-headers=X-Remote-User", "--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-", "--requestheader-allowed-names=proxy",
	)...); err != nil {
		return nil, err
	}
	client, err := newClient(address, files)
	if err != nil {
		return nil, err
	}
	if err := client.waitReady(cluster.gone); err != nil {
		return nil, fmt.Errorf("%s: %w; %s", role, err, cluster.lastWords(name))
	}
	return client, nil
}

func (cluster *Cluster) file(name string) string { return filepath.Join(cluster.directory, name) }

// run starts this program in another role. Its output goes to a file, and it ends with this process.
func (cluster *Cluster) run(name, role string, flags ...string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	log, err := os.Create(cluster.file(name + ".log"))
	if err != nil {
		return err
	}
	defer log.Close()
	process := exec.Command(self, append([]string{role}, flags...)...)
	process.Stdout, process.Stderr = log, log
	process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := process.Start(); err != nil {
		return err
	}
	cluster.processes = append(cluster.processes, process)
	go process.Wait()
	return nil
}

// gone tells that the server that was started last has ended.
func (cluster *Cluster) gone() bool {
	last := cluster.processes[len(cluster.processes)-1]
	return last.Process.Signal(syscall.Signal(0)) != nil
}

func (cluster *Cluster) lastWords(name string) string {
	text, err := os.ReadFile(cluster.file(name + ".log"))
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-3000):])
}

// stop ends the servers, the last one first, and removes what they wrote.
func (cluster *Cluster) stop() {
	if cluster.etcd != nil {
		cluster.etcd.Close()
	}
	for _, process := range slices.Backward(cluster.processes) {
		process.Process.Kill()
	}
	os.RemoveAll(cluster.directory)
}

// forget removes an object of Gardener's, given the URL's path of its like: a deletion by way of the API would wait for
// controllers.
func (cluster *Cluster) forget(collection, name string) error {
	// /apis/GROUP/VERSION[/namespaces/NAMESPACE]/RESOURCE is kept at GROUP/RESOURCE/[NAMESPACE/]NAME.
	steps := strings.Split(strings.TrimPrefix(collection, "/apis/"), "/")
	key := registry + steps[0] + "/" + steps[len(steps)-1] + "/"
	if len(steps) > 3 {
		key += steps[3] + "/"
	}
	answer, err := cluster.etcd.Delete(context.Background(), key+name)
	if err == nil && answer.Deleted == 0 {
		return fmt.Errorf("etcd holds no %s", key+name)
	}
	return err
}

func loopback(scheme string, port int) string { return fmt.Sprintf("%s://127.0.0.1:%d", scheme, port) }

func freePorts(count int) ([]int, error) {
	var ports []int
	for range count {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

// waitReady asks until the server is ready, or has ended.
func (client *Client) waitReady(gone func() bool) error {
	var last string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		status, body, err := client.do(http.MethodGet, "/readyz", nil)
		switch {
		case err == nil && status == http.StatusOK:
			return nil
		case gone():
			return errors.New("has ended")
		case err != nil:
			last = err.Error()
		default:
			last = strings.TrimSpace(string(body))
		}
	}
	return fmt.Errorf("is not ready: %s", last)
}
