import * as v from 'valibot';
/** Prove Identity's V3 API. */
export declare const prove: (options: Partial<Omit<{
    tokenUrl: string;
    secretId: string;
    dialect?: "oauth2" | "prove" | undefined;
    clientAuth?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | undefined;
    basicEncoding?: "form" | "raw" | undefined;
    requestFormat?: "form" | "json" | undefined;
    scopes?: {
        default?: string[] | undefined;
        allowed?: string[] | undefined;
    } | undefined;
    parameters?: {
        [x: string]: string;
    } | undefined;
    headers?: {
        [x: string]: string;
    } | undefined;
    defaultLifetimeSeconds?: number | undefined;
    expose?: string[] | undefined;
    revocationUrl?: string | undefined;
    introspectionUrl?: string | undefined;
    revocationClientAuth?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | undefined;
}, "secretId">> & {
    readonly existingSecret?: v.InferInput<v.StrictObjectSchema<{
        readonly arn: v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be the complete ARN of a secret, with its last six characters">]>;
        readonly keyArn: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be the ARN of a KMS key (not of an alias)">]>, undefined>;
    }, undefined>>;
} & {
    server: "prod-eu" | "prod-us" | "uat-eu" | "uat-us";
}) => import("./preset.ts").ProviderEntry;
/**
 * A PipesHub server. It reads the client's credentials from a Basic header and does not percent-decode them; where tokens are
 * revoked and introspected, it reads them from the body.
 */
export declare const pipeshub: (options: Partial<Omit<{
    tokenUrl: string;
    secretId: string;
    dialect?: "oauth2" | "prove" | undefined;
    clientAuth?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | undefined;
    basicEncoding?: "form" | "raw" | undefined;
    requestFormat?: "form" | "json" | undefined;
    scopes?: {
        default?: string[] | undefined;
        allowed?: string[] | undefined;
    } | undefined;
    parameters?: {
        [x: string]: string;
    } | undefined;
    headers?: {
        [x: string]: string;
    } | undefined;
    defaultLifetimeSeconds?: number | undefined;
    expose?: string[] | undefined;
    revocationUrl?: string | undefined;
    introspectionUrl?: string | undefined;
    revocationClientAuth?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | undefined;
}, "secretId">> & {
    readonly existingSecret?: v.InferInput<v.StrictObjectSchema<{
        readonly arn: v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be the complete ARN of a secret, with its last six characters">]>;
        readonly keyArn: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be the ARN of a KMS key (not of an alias)">]>, undefined>;
    }, undefined>>;
} & {
    baseUrl: string;
    tokenPath?: string | undefined;
}) => import("./preset.ts").ProviderEntry;
/** An Auth0 tenant. Every API has an `audience`, and a token is for one of them. */
export declare const auth0: (options: Partial<Omit<{
    tokenUrl: string;
    secretId: string;
    dialect?: "oauth2" | "prove" | undefined;
    clientAuth?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | undefined;
    basicEncoding?: "form" | "raw" | undefined;
    requestFormat?: "form" | "json" | undefined;
    scopes?: {
        default?: string[] | undefined;
        allowed?: string[] | undefined;
    } | undefined;
    parameters?: {
        [x: string]: string;
    } | undefined;
    headers?: {
        [x: string]: string;
    } | undefined;
    defaultLifetimeSeconds?: number | undefined;
    expose?: string[] | undefined;
    revocationUrl?: string | undefined;
    introspectionUrl?: string | undefined;
    revocationClientAuth?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | undefined;
}, "secretId">> & {
    readonly existingSecret?: v.InferInput<v.StrictObjectSchema<{
        readonly arn: v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be the complete ARN of a secret, with its last six characters">]>;
        readonly keyArn: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be the ARN of a KMS key (not of an alias)">]>, undefined>;
    }, undefined>>;
} & {
    domain: string;
    audience: string;
    parameters?: {
        [x: string]: string;
    } | undefined;
}) => import("./preset.ts").ProviderEntry;
/**
 * An Okta organization. Okta's own APIs accept only service apps with a key. The tokens of an authorization server such as
 * `default` are for your own APIs, and its apps may have a secret.
 */
export declare const okta: (options: Partial<Omit<{
    tokenUrl: string;
    secretId: string;
    dialect?: "oauth2" | "prove" | undefined;
    clientAuth?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | undefined;
    basicEncoding?: "form" | "raw" | undefined;
    requestFormat?: "form" | "json" | undefined;
    scopes?: {
        default?: string[] | undefined;
        allowed?: string[] | undefined;
    } | undefined;
    parameters?: {
        [x: string]: string;
    } | undefined;
    headers?: {
        [x: string]: string;
    } | undefined;
    defaultLifetimeSeconds?: number | undefined;
    expose?: string[] | undefined;
    revocationUrl?: string | undefined;
    introspectionUrl?: string | undefined;
    revocationClientAuth?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | undefined;
}, "secretId">> & {
    readonly existingSecret?: v.InferInput<v.StrictObjectSchema<{
        readonly arn: v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be the complete ARN of a secret, with its last six characters">]>;
        readonly keyArn: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be the ARN of a KMS key (not of an alias)">]>, undefined>;
    }, undefined>>;
} & {
    domain: string;
    authorizationServer?: string | undefined;
}) => import("./preset.ts").ProviderEntry;
/** Microsoft Entra ID (v2.0). An app gets all of its permissions for one `resource`; there is no other scope. */
export declare const entra: (options: Partial<Omit<{
    tokenUrl: string;
    secretId: string;
    dialect?: "oauth2" | "prove" | undefined;
    clientAuth?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | undefined;
    basicEncoding?: "form" | "raw" | undefined;
    requestFormat?: "form" | "json" | undefined;
    scopes?: {
        default?: string[] | undefined;
        allowed?: string[] | undefined;
    } | undefined;
    parameters?: {
        [x: string]: string;
    } | undefined;
    headers?: {
        [x: string]: string;
    } | undefined;
    defaultLifetimeSeconds?: number | undefined;
    expose?: string[] | undefined;
    revocationUrl?: string | undefined;
    introspectionUrl?: string | undefined;
    revocationClientAuth?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | undefined;
}, "secretId">> & {
    readonly existingSecret?: v.InferInput<v.StrictObjectSchema<{
        readonly arn: v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be the complete ARN of a secret, with its last six characters">]>;
        readonly keyArn: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be the ARN of a KMS key (not of an alias)">]>, undefined>;
    }, undefined>>;
} & {
    tenant: string;
    resource: string;
}) => import("./preset.ts").ProviderEntry;
/** An Amazon Cognito user pool, by the host name of its domain. */
export declare const cognito: (options: Partial<Omit<{
    tokenUrl: string;
    secretId: string;
    dialect?: "oauth2" | "prove" | undefined;
    clientAuth?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | undefined;
    basicEncoding?: "form" | "raw" | undefined;
    requestFormat?: "form" | "json" | undefined;
    scopes?: {
        default?: string[] | undefined;
        allowed?: string[] | undefined;
    } | undefined;
    parameters?: {
        [x: string]: string;
    } | undefined;
    headers?: {
        [x: string]: string;
    } | undefined;
    defaultLifetimeSeconds?: number | undefined;
    expose?: string[] | undefined;
    revocationUrl?: string | undefined;
    introspectionUrl?: string | undefined;
    revocationClientAuth?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | undefined;
}, "secretId">> & {
    readonly existingSecret?: v.InferInput<v.StrictObjectSchema<{
        readonly arn: v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be the complete ARN of a secret, with its last six characters">]>;
        readonly keyArn: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be the ARN of a KMS key (not of an alias)">]>, undefined>;
    }, undefined>>;
} & {
    domain: string;
}) => import("./preset.ts").ProviderEntry;
/** Any other OAuth 2.0 server that has the client_credentials grant. */
export declare const oauth2: (options: Partial<Omit<{
    tokenUrl: string;
    secretId: string;
    dialect?: "oauth2" | "prove" | undefined;
    clientAuth?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | undefined;
    basicEncoding?: "form" | "raw" | undefined;
    requestFormat?: "form" | "json" | undefined;
    scopes?: {
        default?: string[] | undefined;
        allowed?: string[] | undefined;
    } | undefined;
    parameters?: {
        [x: string]: string;
    } | undefined;
    headers?: {
        [x: string]: string;
    } | undefined;
    defaultLifetimeSeconds?: number | undefined;
    expose?: string[] | undefined;
    revocationUrl?: string | undefined;
    introspectionUrl?: string | undefined;
    revocationClientAuth?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | undefined;
}, "secretId">> & {
    readonly existingSecret?: v.InferInput<v.StrictObjectSchema<{
        readonly arn: v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be the complete ARN of a secret, with its last six characters">]>;
        readonly keyArn: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be the ARN of a KMS key (not of an alias)">]>, undefined>;
    }, undefined>>;
} & {
    tokenUrl: string;
}) => import("./preset.ts").ProviderEntry;
