import { SILENT, type UnusedKeys } from './section.ts'

/**
 * Top-level keys that Synapse 1.160 knows (also older forms and undocumented ones) and Glia does not read.
 * Source: Synapse configuration manual and `synapse.config` as installed.
 */
const NAMES = `
account_threepid_delegates alias_creation_rules allow_device_name_lookup_over_federation
allow_per_room_profiles allow_profile_lookup_over_federation allow_public_rooms_over_federation allow_public_rooms_without_auth
allow_underscore_prefixed_localpart allow_underscore_prefixed_registration allowed_avatar_mimetypes
auto_accept_invites auto_join_mxid_localpart auto_join_rooms auto_join_rooms_for_guests
autocreate_auto_join_room_preset autocreate_auto_join_rooms autocreate_auto_join_rooms_federated background_updates
backup_media_store_path bcrypt_rounds bind_host bind_port caches cas_config cleanup_extremities_with_dummy_events daemonize
database_path databases default_identity_server default_power_level_content_override delete_stale_devices_after
disable_msisdn_registration disable_registration dont_notify_new_devices_for dummy_events_threshold
enable_3pid_lookup enable_ephemeral_messages enable_local_media_storage enable_registration_captcha
enable_registration_token_3pid_bypass enable_set_avatar_url enable_set_displayname
enable_media_repo encryption_enabled_by_default_for_room_type event_cache_size exclude_rooms_from_presence exclude_rooms_from_sync
experimental_features federation federation_certificate_verification_whitelist
federation_client_minimum_tls_version federation_custom_ca_list federation_domain_whitelist federation_ip_range_blacklist
federation_metrics_domains federation_rc_concurrent federation_rc_reject_limit federation_rc_sleep_delay federation_rc_sleep_limit
federation_rc_window_size federation_rr_transactions_per_room_per_second federation_sender_instances
federation_verify_certificates federation_whitelist_endpoint_enabled filter_timeline_limit forget_rooms_on_leave
forgotten_room_retention_period form_secret form_secret_path gc_min_interval gc_thresholds gzip_responses hs_disabled
hs_disabled_message http_proxy https_proxy include_profile_data_on_invite include_profile_updates_in_sync
inhibit_user_in_use_error instance_map invite_3pid_guest jwt_config
key_refresh_interval key_server_signing_keys_path ldap_config limit_profile_requests_to_users_who_share_rooms limit_remote_rooms
limit_usage_by_mau log_config log_file manhole manhole_settings
mau_appservice_trial_days mau_limit_alerting mau_limit_reserved_threepids mau_stats_only mau_trial_days
max_avatar_size max_mau_value
media_instance_running_background_jobs media_storage_providers metrics_bind_host
metrics_flags metrics_port modules no_proxy_hosts no_redirect_stdio no_tls
notify_appservices_from_worker oembed oidc_config oidc_providers old_signing_keys opentracing
outbound_federation_restricted_to password_providers perspectives pid_file prevent_media_downloads_from print_pidfile
push_rules pusher_instances rc_federation rc_key_requests rc_message_burst_count
rc_messages_per_second rc_third_party_invite rc_user_directory recaptcha_private_key
recaptcha_private_key_path recaptcha_public_key recaptcha_public_key_path recaptcha_siteverify_api redaction_retention_period
redis remote_media_download_burst_count remote_media_download_per_second
replication_torture_level report_stats report_stats_endpoint
require_auth_for_profile_requests require_membership_for_aliases restrict_public_rooms_to_local_users serve_server_wellknown
room_invite_state_types room_list_publication_rules room_prejoin_state run_background_tasks_on saml2_config send_federation
sentry server_context signing_key soft_file_limit spam_checker start_pushers stats stream_writers
suppress_key_server_warning synchronous_backup_media_store templates third_party_event_rules tls_certificate_path
tls_private_key_path track_puppeted_user_ips trust_identity_server_for_password_resets
trusted_key_servers
ui_auth unsecure_port update_user_directory_from_worker
use_account_validity_in_account_status use_appservice_legacy_authorization use_frozen_dicts
use_insecure_ssl_client_just_for_testing_do_not_use use_presence user_consent user_directory user_ips_max_age
user_types web_client_location worker_app worker_daemonize worker_listeners worker_log_config worker_main_http_uri
worker_manhole worker_name worker_pid_file worker_replication_host worker_replication_http_port worker_replication_http_tls
worker_replication_port worker_replication_secret worker_replication_secret_path`

const HINTS: Record<string, string> = {
  // Without effect in Glia by their nature: nobody misses them.
  bcrypt_rounds: SILENT,
  daemonize: SILENT,
  form_secret: SILENT,
  form_secret_path: SILENT,
  gc_min_interval: SILENT,
  gc_thresholds: SILENT,
  pid_file: SILENT,
  print_pidfile: SILENT,
  report_stats: SILENT,
  report_stats_endpoint: SILENT,
  soft_file_limit: SILENT,
  suppress_key_server_warning: SILENT,
  use_frozen_dicts: SILENT,
  // Where to turn instead.
  alias_creation_rules: 'every member may create aliases',
  bind_port: 'use listeners',
  database_path: 'use database',
  databases: 'Glia keeps everything in one database: use database',
  disable_registration: 'use enable_registration',
  enable_registration_captcha: 'no captcha is asked for',
  federation_ip_range_blacklist: 'use ip_range_blacklist',
  log_config: 'Glia logs to standard output, see glia.log',
  log_file: 'Glia logs to standard output, see glia.log',
  metrics_port: 'add a listener of type metrics',
  oidc_config: 'use glia.auth.upstream_oauth2.providers, with synapse_idp_id: oidc',
  oidc_providers: 'use glia.auth.upstream_oauth2.providers, with synapse_idp_id: oidc-<idp_id>',
  rc_message_burst_count: 'use rc_message',
  rc_messages_per_second: 'use rc_message',
  redis: 'processes of Glia need no Redis',
  signing_key: 'use signing_key_path',
  tls_certificate_path: 'let a reverse proxy do TLS',
  tls_private_key_path: 'let a reverse proxy do TLS',
  use_presence: 'use presence.enabled',
  user_consent: 'use glia.auth.terms, with the address where your policy can be read',
}

export const unusedSynapseKeys: UnusedKeys = Object.fromEntries(
  NAMES.trim()
    .split(/\s+/)
    .map((name) => [name, HINTS[name] ?? '']),
)
