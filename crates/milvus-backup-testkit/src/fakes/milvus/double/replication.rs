//! Clusters that replicate.

use milvus::proto::common::{CrossClusterTopology, MilvusCluster, ReplicateConfiguration};
use milvus::proto::milvus as pb;

use super::call::Call;
use super::refusal::{Answer, unimplemented};
use super::settings::Replication;

/// Channels of a cluster: `common.chanNamePrefix.cluster` and `rootCoordDml` of `milvus.yaml`, and
/// `rootCoord.dmlChannelNum` of them.
const CHANNELS: u32 = 16;

fn channel(cluster: &str, number: u32) -> String {
    format!("{cluster}-rootcoord-dml_{number}")
}

fn own_cluster(replication: Replication) -> &'static str {
    match replication {
        Replication::None => "by-dev",
        Replication::Primary => "primary",
        Replication::Standby => "standby",
    }
}

/// Returns the channels of a collection, which tell of which cluster it is.
pub(super) fn channels(replication: Replication, shards: u32) -> Vec<String> {
    (0..shards).map(|number| channel(own_cluster(replication), number % CHANNELS)).collect()
}

/// Answers the configuration: tag v2.6.12. The tokens in it are empty.
pub(super) fn configuration(
    call: &Call<'_>,
    _: pb::GetReplicateConfigurationRequest,
) -> Answer<pb::GetReplicateConfigurationResponse> {
    if !call.version().reports_replication() {
        return Err(unimplemented("GetReplicateConfiguration"));
    }
    let configuration = match call.parts.settings().replication {
        Replication::None => ReplicateConfiguration::default(),
        _ => ReplicateConfiguration {
            clusters: ["primary", "standby"].into_iter().map(cluster).collect(),
            cross_cluster_topology: vec![CrossClusterTopology {
                source_cluster_id: "primary".to_owned(),
                target_cluster_id: "standby".to_owned(),
            }],
        },
    };
    Ok(pb::GetReplicateConfigurationResponse { configuration: Some(configuration), ..Default::default() })
}

fn cluster(id: &str) -> MilvusCluster {
    MilvusCluster {
        cluster_id: id.to_owned(),
        connection_param: None,
        pchannels: (0..CHANNELS).map(|number| channel(id, number)).collect(),
    }
}
