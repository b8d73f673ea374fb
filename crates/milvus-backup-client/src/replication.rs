//! The role of the server among clusters that replicate.
//!
//! `GetReplicateConfiguration` reports the clusters with their channels, and which of them follows which. It does not
//! report which of them answers: the channels of a collection tell, or else the address in the configuration.

use milvus::proto::common::{MilvusCluster, ReplicateConfiguration};
use milvus::proto::milvus as pb;
use milvus_backup_core::{CollectionName, ReplicationRole, Result};

use crate::address::same_server;
use crate::call::call;
use crate::connection::MilvusConnection;

impl MilvusConnection {
    /// Implements [`milvus_backup_core::Catalog::replication_role`] on this connection. A server that does not have the
    /// call, or does not permit it to this user, counts as one that is alone: it rejects what it does not accept.
    pub(crate) async fn role(&self) -> Result<ReplicationRole> {
        if !self.server().await?.reports_replication() {
            return Ok(ReplicationRole::Alone);
        }
        let request = pb::GetReplicateConfigurationRequest {};
        let answer = match call!(self, "GetReplicateConfiguration", get_replicate_configuration, request) {
            Err(failure) if failure.is_not_offered() => return Ok(ReplicationRole::Alone),
            answer => answer?,
        };
        let configuration = answer.configuration.unwrap_or_default();
        if configuration.cross_cluster_topology.is_empty() {
            return Ok(ReplicationRole::Alone);
        }
        let channels = self.channels().await?;
        let uri = self.uri();
        let own = configuration.clusters.iter().find(|cluster| has_channel(cluster, &channels));
        let own = own.or_else(|| only(configuration.clusters.iter().filter(|cluster| has_address(cluster, uri))));
        Ok(own.map_or(ReplicationRole::Unknown, |own| role_of(&own.cluster_id, &configuration)))
    }

    /// Returns the channels of a collection of the database; none if there is no collection.
    async fn channels(&self) -> Result<Vec<String>> {
        for name in self.collection_names().await? {
            let Ok(name) = name.parse::<CollectionName>() else { continue };
            if let Some(described) = self.described(&name).await? {
                return Ok(described.answer.physical_channel_names);
            }
        }
        Ok(Vec::new())
    }
}

/// Returns the item of an iterator that has no other.
fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next();
    first.filter(|_| items.next().is_none())
}

fn has_channel(cluster: &MilvusCluster, channels: &[String]) -> bool {
    cluster.pchannels.iter().any(|channel| channels.contains(channel))
}

fn has_address(cluster: &MilvusCluster, uri: &str) -> bool {
    cluster.connection_param.as_ref().is_some_and(|connection| same_server(&connection.uri, uri))
}

/// Returns the role of a cluster in a configuration. One that follows another is a standby, even if others follow it.
fn role_of(own: &str, configuration: &ReplicateConfiguration) -> ReplicationRole {
    let topology = &configuration.cross_cluster_topology;
    if let Some(followed) = topology.iter().find(|edge| edge.target_cluster_id == own) {
        return ReplicationRole::Standby { primary: followed.source_cluster_id.clone() };
    }
    let is_followed = topology.iter().any(|edge| edge.source_cluster_id == own);
    if is_followed { ReplicationRole::Primary } else { ReplicationRole::Alone }
}

#[cfg(test)]
mod tests {
    use milvus::proto::common::{ConnectionParam, CrossClusterTopology};

    use super::*;

    fn configuration() -> ReplicateConfiguration {
        let edge = CrossClusterTopology { source_cluster_id: "a".to_owned(), target_cluster_id: "b".to_owned() };
        ReplicateConfiguration { clusters: Vec::new(), cross_cluster_topology: vec![edge] }
    }

    #[test]
    fn the_topology_gives_the_role() {
        let role = |own| role_of(own, &configuration());
        assert_eq!(role("a"), ReplicationRole::Primary);
        assert_eq!(role("b"), ReplicationRole::Standby { primary: "a".to_owned() });
        assert_eq!(role("c"), ReplicationRole::Alone);
    }

    #[test]
    fn a_cluster_is_known_by_its_channels_or_its_address() {
        let connection = ConnectionParam { uri: "http://milvus-b:19530".to_owned(), token: String::new() };
        let cluster = MilvusCluster {
            cluster_id: "b".to_owned(),
            connection_param: Some(connection),
            pchannels: vec!["b-rootcoord-dml_0".to_owned()],
        };
        assert!(has_channel(&cluster, &["b-rootcoord-dml_0".to_owned()]));
        assert!(!has_channel(&cluster, &["b-rootcoord-dml_01".to_owned()]));
        assert!(has_address(&cluster, "http://milvus-b:19530") && !has_address(&cluster, "http://milvus-a:19530"));
    }
}
