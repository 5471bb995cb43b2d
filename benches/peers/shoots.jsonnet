// One object shared by all shoots, and what each sets over it.
local worker = {
  machine: { image: { name: 'gardenlinux', version: '2150.2.0' } },
  cri: { name: 'containerd' },
  maxSurge: 1,
  maxUnavailable: 0,
  volume: { type: 'gp3' },
};

local shoot = {
  apiVersion: 'core.gardener.cloud/v1beta1',
  kind: 'Shoot',
  spec: {
    cloudProfile: { kind: 'CloudProfile', name: 'aws' },
    credentialsBindingName: 'aws',
    region: 'eu-central-1',
    networking: { type: 'calico', pods: '10.96.0.0/12', services: '10.112.0.0/14' },
    controlPlane: { highAvailability: { failureTolerance: { type: 'zone' } } },
    provider: {
      type: 'aws',
      infrastructureConfig: {
        apiVersion: 'aws.provider.extensions.gardener.cloud/v1alpha1',
        kind: 'InfrastructureConfig',
      },
      controlPlaneConfig: {
        apiVersion: 'aws.provider.extensions.gardener.cloud/v1alpha1',
        kind: 'ControlPlaneConfig',
      },
    },
    maintenance: { autoUpdate: { kubernetesVersion: false, machineImageVersion: false } },
  },
};

[
  shoot {
    metadata: {
      name: item.name,
      namespace: 'garden-' + item.project,
      labels: { 'bench.example.org/owner': item.owner },
    },
    spec+: {
      purpose: item.purpose,
      dns: { domain: item.name + '.' + item.project + '.shoots.bench.example.org' },
      networking+: { nodes: item.net + '.0.0/16' },
      kubernetes: { version: item.version },
      provider+: {
        infrastructureConfig+: {
          networks: {
            vpc: { cidr: item.net + '.0.0/16' },
            zones: [
              {
                name: 'eu-central-1a',
                workers: item.net + '.0.0/19',
                public: item.net + '.32.0/20',
                internal: item.net + '.48.0/20',
              },
              {
                name: 'eu-central-1b',
                workers: item.net + '.64.0/19',
                public: item.net + '.96.0/20',
                internal: item.net + '.112.0/20',
              },
              {
                name: 'eu-central-1c',
                workers: item.net + '.128.0/19',
                public: item.net + '.160.0/20',
                internal: item.net + '.176.0/20',
              },
            ],
          },
        },
        workers: [
          worker {
            name: 'intel',
            machine+: { type: item.machine, architecture: 'amd64' },
            minimum: item.minimum,
            maximum: item.maximum,
            volume+: { size: item.volume },
            zones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
          },
          worker {
            name: 'arm',
            machine+: { type: 'm8g.xlarge', architecture: 'arm64' },
            minimum: 0,
            maximum: item.arm,
            volume+: { size: '50Gi' },
            zones: ['eu-central-1a'],
          },
        ],
      },
      maintenance+: { timeWindow: { begin: item.begin, end: item.end } },
      hibernation: { schedules: [{ start: '0 ' + item.evening + ' * * 1-5', location: 'Europe/Berlin' }] },
    },
  }
  for item in import 'items.json'
]
