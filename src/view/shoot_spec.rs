//! Views of what a Shoot asks for beside its pools and its Kubernetes.

use super::{DnsProvider, ObjectReference, view};

view! {
    part
    /// The domain of a shoot and who serves it.
    Dns {
        /// The domain, be it empty.
        domain: written "domain",
        /// The list of providers.
        provider_list: node "providers",
        /// The providers.
        providers: many DnsProvider "providers",
    }
    part
    /// When a shoot sleeps.
    Hibernation {
        /// Whether it sleeps now.
        enabled: flag "enabled",
        /// When it goes to sleep and wakes up.
        schedules: many HibernationSchedule "schedules",
    }
    part
    /// When a shoot goes to sleep and wakes up.
    HibernationSchedule {
        /// When it goes to sleep, as cron writes it.
        start: written "start",
        /// When it wakes up, as cron writes it.
        end: written "end",
        /// The time zone, be it empty.
        location: written "location",
    }
    part
    /// When and how Gardener works on a shoot.
    Maintenance {
        /// The hours of the day.
        time_window: one TimeWindow "timeWindow",
        /// Whether changes wait for it.
        confines_changes: flag "confineSpecUpdateRollout",
        /// Whether machine images are updated.
        updates_machine_image: node "autoUpdate" "machineImageVersion",
        /// The rotation of the observability credentials.
        observability_rotation: one Rotation "autoRotation" "credentials" "observability",
        /// The rotation of the key pair for SSH.
        ssh_rotation: one Rotation "autoRotation" "credentials" "sshKeypair",
        /// The rotation of the key that encrypts in etcd.
        etcd_rotation: one Rotation "autoRotation" "credentials" "etcdEncryptionKey",
    }
    part
    /// A part of the day.
    TimeWindow {
        /// When it begins.
        begin: written "begin",
        /// When it ends.
        end: written "end",
    }
    part
    /// How often credentials are replaced.
    Rotation {
        /// The time from one to the next.
        period: duration "rotationPeriod",
    }
    part
    /// What Gardener adds to a cluster.
    Addons {
        /// The ingress controller.
        nginx: one NginxIngress "nginxIngress",
        /// Whether there is an ingress controller.
        nginx_enabled: flag "nginxIngress" "enabled",
        /// Whether there is a dashboard.
        dashboard_enabled: flag "kubernetesDashboard" "enabled",
        /// How people log in to the dashboard, be it empty.
        dashboard_authentication: written "kubernetesDashboard" "authenticationMode",
    }
    part
    /// The ingress controller that Gardener adds to a cluster.
    NginxIngress {
        /// Who may reach it.
        source_ranges: node "loadBalancerSourceRanges",
        /// Its settings.
        config: node "config",
    }
    part
    /// What the control plane of a shoot must survive.
    ControlPlane {
        /// The list of zones.
        zone_list: node "zones",
        /// What it asks for to survive failures.
        high_availability: node "highAvailability",
        /// Which failures it survives.
        failure_tolerance: text "highAvailability" "failureTolerance" "type",
    }
    part
    /// The DNS server of a cluster.
    CoreDns {
        /// Ends of names that are rewritten.
        common_suffixes: node "rewriting" "commonSuffixes",
        /// How it scales with the cluster.
        autoscaling: node "autoscaling",
        /// The way it scales.
        autoscaling_mode: text "autoscaling" "mode",
    }
    part
    /// An extension that a shoot or a seed asks for.
    ExtensionEntry {
        /// The type.
        type_name: text "type",
        /// Whether it is switched off.
        disabled: flag "disabled",
    }
    part
    /// A volume of a node.
    Volume {
        /// The name, be it empty.
        name: written "name",
        /// The size, as it is written.
        size: text "size",
    }
    part
    /// A taint of nodes.
    NodeTaint {
        /// The key, be it empty.
        key: written "key",
        /// The value, be it empty.
        value: written "value",
        /// What happens to pods that do not tolerate it, be it empty.
        effect: written "effect",
    }
    part
    /// What makes a pool run the control plane of its own cluster.
    SelfHosting {
        /// Where the backups of etcd go.
        backup: one ControlPlaneBackup "backup",
        /// How the control plane is reached.
        exposure: one Exposure "exposure",
    }
    part
    /// Where the backups of a self-hosted control plane go.
    ControlPlaneBackup {
        /// The provider type, be it empty.
        provider: text "provider",
        /// The region.
        region: text "region",
        /// The credentials.
        credentials: one ObjectReference "credentialsRef",
    }
    part
    /// How a self-hosted control plane is reached.
    Exposure {
        /// By records of a DNS provider.
        dns: node "dns",
        /// By an extension.
        extension: node "extension",
        /// The type of the extension, be it empty.
        extension_type: written "extension" "type",
    }
}
