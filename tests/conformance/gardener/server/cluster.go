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

// Cluster is the three servers, and clients of them.
type Cluster struct {
	directory string
	processes []*exec.Cmd
	etcd      *clientv3.Client
	kube      *Client
	gardener  *Client
}

// startCluster starts the servers on free ports of the loopback interface, and waits until they are ready.
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
	ports, err := freePorts(4)
	if err != nil {
		return err
	}
	etcd, peer := loopback("http", ports[0]), loopback("http", ports[1])
	kube, gardener := loopback("https", ports[2]), loopback("https", ports[3])
	files, err := writeFiles(cluster.directory, kube)
	if err != nil {
		return err
	}
	if cluster.kube, err = newClient(kube, files); err != nil {
		return err
	}
	if cluster.gardener, err = newClient(gardener, files); err != nil {
		return err
	}
	if err := cluster.run("etcd", "--data-dir", filepath.Join(cluster.directory, "etcd"), "--unsafe-no-fsync", "--log-level=error",
		"--listen-client-urls="+etcd, "--advertise-client-urls="+etcd, "--listen-peer-urls="+peer,
		"--initial-advertise-peer-urls="+peer, "--initial-cluster=default="+peer); err != nil {
		return err
	}
	if cluster.etcd, err = clientv3.New(clientv3.Config{Endpoints: []string{etcd}, DialTimeout: patience}); err != nil {
		return err
	}
	secure := []string{
		"--etcd-servers=" + etcd, "--bind-address=127.0.0.1", "--tls-cert-file=" + files.serverCertificate,
		"--tls-private-key-file=" + files.serverKey, "--client-ca-file=" + files.authority,
		"--requestheader-client-ca-file=" + files.authority,
		"--requestheader-username-headers=X-Remote-User", "--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-", "--requestheader-allowed-names=proxy",
	}
	if err := cluster.run("kube-apiserver", append(slices.Clone(secure),
		fmt.Sprintf("--secure-port=%d", ports[2]), "--authorization-mode=RBAC", "--service-cluster-ip-range=10.0.0.0/24",
		"--service-account-issuer=https://conformance", "--service-account-key-file="+files.signingKey,
		"--service-account-signing-key-file="+files.signingKey, "--disable-admission-plugins=ServiceAccount",
	)...); err != nil {
		return err
	}
	if err := cluster.kube.waitReady(cluster.gone); err != nil {
		return fmt.Errorf("kube-apiserver: %w; %s", err, cluster.lastWords("kube-apiserver"))
	}
	if err := cluster.run("gardener-apiserver", append(slices.Clone(secure),
		fmt.Sprintf("--secure-port=%d", ports[3]), "--authentication-kubeconfig="+files.kubeconfig,
		"--authorization-kubeconfig="+files.kubeconfig, "--kubeconfig="+files.kubeconfig, "--cluster-identity=conformance",
		"--authorization-always-allow-paths=/readyz", "--feature-gates="+gates,
		"--workload-identity-token-issuer=https://conformance", "--workload-identity-signing-key-file="+files.signingKey,
	)...); err != nil {
		return err
	}
	if err := cluster.gardener.waitReady(cluster.gone); err != nil {
		return fmt.Errorf("gardener-apiserver: %w; %s", err, cluster.lastWords("gardener-apiserver"))
	}
	return nil
}

// run starts this program in another role. Its output goes to a file, and it ends with this process.
func (cluster *Cluster) run(role string, flags ...string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(cluster.directory, role+".log"))
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

func (cluster *Cluster) lastWords(role string) string {
	text, err := os.ReadFile(filepath.Join(cluster.directory, role+".log"))
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
