/** Servers that are no model's: a bill of theirs would be a wrong one. By the image's own name, wherever it comes from. */
const NAMES = new Set(
  (
    'postgres postgresql mysql mariadb mongo mongodb redis valkey memcached rabbitmq kafka zookeeper nats nginx httpd ' +
    'traefik haproxy envoy caddy varnish elasticsearch opensearch kibana logstash fluentd fluent-bit prometheus ' +
    'grafana loki tempo jaeger alertmanager node-exporter etcd consul vault minio busybox alpine registry pgadmin adminer'
  ).split(' '),
);

export const isInfrastructure = (image: string | null | undefined): boolean =>
  NAMES.has(/([^/:@]+)(?:[:@][^/]*)?$/.exec(image ?? '')?.[1]?.toLowerCase() ?? '');
