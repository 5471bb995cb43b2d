//! The table of all rules, by what they are about.

use super::{
    Rule, cluster, component, configuration, credentials, domain, extension, garden, gardenlet, grant, label,
    metadata, network, order, placement, policy, profile, project, quota, reference, registration,
    scheduling, seed, shoot, size, toleration, transport,
};

/// Rules that belong together.
pub struct Family {
    /// What they are about.
    pub name: &'static str,
    /// Its tables of rules.
    pub tables: &'static [&'static [Rule]],
}

/// All families of rules.
pub static FAMILIES: &[Family] = &[
    Family {
        name: "references",
        tables: &[reference::RULES, reference::binding::RULES, reference::seed::RULES],
    },
    Family { name: "order", tables: &[order::RULES] },
    Family { name: "metadata", tables: &[metadata::RULES, label::RULES, size::RULES] },
    Family {
        name: "projects",
        tables: &[
            project::RULES,
            project::member::RULES,
            project::text::RULES,
            grant::RULES,
            toleration::RULES,
        ],
    },
    Family { name: "quotas", tables: &[quota::RULES, quota::usage::RULES] },
    Family {
        name: "credentials",
        tables: &[
            credentials::RULES,
            credentials::identity::RULES,
            credentials::backup::RULES,
            credentials::secret::RULES,
            credentials::kubeconfig::RULES,
        ],
    },
    Family {
        name: "networks",
        tables: &[network::RULES, network::shoot::RULES, network::seed::RULES, network::garden::RULES],
    },
    Family {
        name: "placement",
        tables: &[
            placement::RULES,
            placement::credentials::RULES,
            placement::kubernetes::RULES,
            placement::machine::RULES,
            placement::image::RULES,
            placement::volume::RULES,
        ],
    },
    Family {
        name: "registrations",
        tables: &[
            registration::RULES,
            registration::owner::RULES,
            registration::chart::RULES,
            registration::template::RULES,
            registration::reference::RULES,
        ],
    },
    Family {
        name: "garden",
        tables: &[
            garden::RULES,
            garden::domain::RULES,
            garden::component::RULES,
            garden::admission::RULES,
            garden::operation::RULES,
            garden::dashboard::RULES,
            garden::extension::RULES,
        ],
    },
    Family {
        name: "profiles",
        tables: &[
            profile::version::RULES,
            profile::lifecycle::RULES,
            profile::gate::RULES,
            profile::name::RULES,
            profile::image::RULES,
            profile::machine::RULES,
            profile::capability::RULES,
            profile::label::RULES,
            profile::bastion::RULES,
            profile::overlay::RULES,
            profile::merged::RULES,
            profile::forecast::RULES,
        ],
    },
    Family {
        name: "configurations",
        tables: &[
            configuration::resource::RULES,
            configuration::network::RULES,
            configuration::registry::RULES,
            configuration::flux::RULES,
            configuration::access::RULES,
            configuration::dns::RULES,
            configuration::certificate::RULES,
            configuration::audit::RULES,
            configuration::log::RULES,
            configuration::signature::RULES,
            configuration::filter::RULES,
            configuration::falco::RULES,
            configuration::image_mapping::RULES,
            configuration::cloud::RULES,
        ],
    },
    Family { name: "scheduling", tables: &[scheduling::RULES, scheduling::placed::RULES] },
    Family { name: "domains", tables: &[domain::RULES] },
    Family { name: "extensions", tables: &[extension::RULES] },
    Family { name: "components", tables: &[component::RULES] },
    Family {
        name: "seeds",
        tables: &[
            seed::RULES,
            seed::domain::RULES,
            seed::setting::RULES,
            seed::backup::RULES,
            seed::managed::RULES,
            seed::metadata::RULES,
            seed::extension::RULES,
        ],
    },
    Family {
        name: "gardenlets",
        tables: &[
            gardenlet::RULES,
            gardenlet::deployment::RULES,
            gardenlet::configuration::RULES,
            gardenlet::connection::RULES,
            gardenlet::exposure::RULES,
            gardenlet::set::RULES,
        ],
    },
    Family {
        name: "shoots",
        tables: &[
            shoot::naming::RULES,
            shoot::missing::RULES,
            shoot::exclusion::RULES,
            shoot::workerless::RULES,
            shoot::removal::RULES,
            shoot::repetition::RULES,
            shoot::reference::RULES,
            shoot::dns::RULES,
            shoot::label::RULES,
            shoot::range::RULES,
            shoot::addon::RULES,
            shoot::alerting::RULES,
            shoot::maintenance::RULES,
            shoot::hibernation::RULES,
            shoot::operation::RULES,
            shoot::creation::RULES,
            shoot::control_plane::RULES,
            shoot::self_hosted::RULES,
            shoot::pool::RULES,
            shoot::update::RULES,
            shoot::volume::RULES,
            shoot::core_dns::RULES,
            shoot::internal_version::RULES,
        ],
    },
    Family { name: "clusters", tables: cluster::TABLES },
    Family { name: "policies", tables: &[policy::RULES] },
    Family { name: "transport", tables: &[transport::RULES] },
];
