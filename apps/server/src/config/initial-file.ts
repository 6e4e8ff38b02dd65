import { generatedFiles } from './generated-files.ts'

/** The configuration file that the first start writes: what an admin will want to see and change. */
export function initialConfigFile(serverName: string): string {
  return `# Configuration of Glia. Every other setting has a default: see docs/reference/configuration.md.
# Relative paths start at this folder. Restart the server after a change.

# The name at the end of user ids (@user:${serverName}). It cannot be changed later.
server_name: ${JSON.stringify(serverName)}

# The URL at which clients reach the server, if that is not an address of this machine.
#public_baseurl: https://matrix.example.com/

listeners:
  - port: 8008
    bind_addresses: ['127.0.0.1']
    type: http
    # true if a reverse proxy is in front (it has to do TLS).
    x_forwarded: false
    resources:
      - names: [client, federation]

database:
  name: sqlite3
  args:
    database: glia.db
# Or PostgreSQL:
#database:
#  name: psycopg2
#  args:
#    host: localhost
#    user: glia
#    password: secret
#    dbname: glia

media_store_path: media_store
max_upload_size: 50M

# Whether people may create accounts themselves. To let in only those with a registration token,
# set both enable_registration and registration_requires_token to true.
enable_registration: false
registration_requires_token: false
#enable_registration_without_verification: true

# Keys and secrets, each in a file of its own. Keep them in your backup.
signing_key_path: ${generatedFiles.signingKey}
macaroon_secret_key_path: ${generatedFiles.macaroonSecretKey}
registration_shared_secret_path: ${generatedFiles.registrationSharedSecret}

# Settings that only Glia has.
glia:
  log:
    level: info
    format: text
  auth:
    encryption_key_path: ${generatedFiles.authEncryptionKey}
    signing_key_path: ${generatedFiles.authSigningKey}
`
}
