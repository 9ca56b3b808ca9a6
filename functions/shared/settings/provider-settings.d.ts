import * as v from 'valibot';
/** Letters, digits and hyphens only, so that a name is the same in a URL path, an IAM resource and a secret's name. */
export declare const providerNamePattern: RegExp;
/** RFC 6749 §3.3: a scope token is 1*NQCHAR. */
export declare const scopeTokenPattern: RegExp;
/** What is said of one provider, the same shape everywhere. Optional keys take the default named in the docs. */
export declare const providerSettingsSchema: v.SchemaWithPipe<readonly [v.StrictObjectSchema<{
    readonly tokenUrl: v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.MinLengthAction<string, 1, "must not be empty">]>, v.CheckAction<string, "must be an https: URL without credentials or fragment (http: only on loopback)">]>;
    readonly secretId: v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.MinLengthAction<string, 1, "must not be empty">]>;
    readonly dialect: v.OptionalSchema<v.PicklistSchema<["oauth2", "prove"], "must be oauth2 or prove">, "oauth2">;
    readonly clientAuth: v.OptionalSchema<v.PicklistSchema<["client_secret_post", "client_secret_basic", "private_key_jwt"], "must be client_secret_post, client_secret_basic or private_key_jwt">, "client_secret_post">;
    readonly basicEncoding: v.OptionalSchema<v.PicklistSchema<["form", "raw"], "must be form or raw">, "form">;
    readonly requestFormat: v.OptionalSchema<v.PicklistSchema<["form", "json"], "must be form or json">, "form">;
    readonly scopes: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StrictObjectSchema<{
        readonly default: v.OptionalSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.MinLengthAction<string, 1, "must not be empty">]>, v.RegexAction<string, "is not a scope (RFC 6749 §3.3)">]>, undefined>, v.TransformAction<string[], string[]>]>, readonly []>;
        readonly allowed: v.OptionalSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.MinLengthAction<string, 1, "must not be empty">]>, v.RegexAction<string, "is not a scope (RFC 6749 §3.3)">]>, undefined>, v.TransformAction<string[], string[]>]>, readonly []>;
    }, undefined>, v.CheckAction<{
        default: string[];
        allowed: string[];
    }, "every default scope must be an allowed one">]>, {}>;
    readonly parameters: v.OptionalSchema<v.RecordSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.CheckAction<string, "is a field that the exchange itself sends">]>, v.StringSchema<"must be a string">, undefined>, {}>;
    readonly headers: v.OptionalSchema<v.RecordSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, "is not a header name">, v.CheckAction<string, "is a header that the exchange itself sends">]>, v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be printable ASCII">]>, undefined>, {}>;
    readonly defaultLifetimeSeconds: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<"must be a number">, v.IntegerAction<number, "must be whole seconds">, v.MinValueAction<number, 1, "must be at least 1">, v.MaxValueAction<number, number, "must be at most 30 days">]>, undefined>;
    readonly expose: v.OptionalSchema<v.ArraySchema<v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.MinLengthAction<string, 1, "must not be empty">]>, v.CheckAction<string, "is a field that every answer has">]>, undefined>, readonly []>;
    /** RFC 7009. Without it a leaked token cannot be revoked. */
    readonly revocationUrl: v.OptionalSchema<v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.MinLengthAction<string, 1, "must not be empty">]>, v.CheckAction<string, "must be an https: URL without credentials or fragment (http: only on loopback)">]>, undefined>;
    /** RFC 7662. Confirms a revocation. */
    readonly introspectionUrl: v.OptionalSchema<v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.MinLengthAction<string, 1, "must not be empty">]>, v.CheckAction<string, "must be an https: URL without credentials or fragment (http: only on loopback)">]>, undefined>;
    /** How the client authenticates at these two; `clientAuth` unless given. */
    readonly revocationClientAuth: v.OptionalSchema<v.PicklistSchema<["client_secret_post", "client_secret_basic", "private_key_jwt"], "must be client_secret_post, client_secret_basic or private_key_jwt">, undefined>;
}, undefined>, v.BaseValidation<{
    tokenUrl: string;
    secretId: string;
    dialect: "oauth2" | "prove";
    clientAuth: "client_secret_basic" | "client_secret_post" | "private_key_jwt";
    basicEncoding: "form" | "raw";
    requestFormat: "form" | "json";
    scopes: {
        default: string[];
        allowed: string[];
    };
    parameters: {
        [x: string]: string;
    };
    headers: {
        [x: string]: string;
    };
    defaultLifetimeSeconds?: number | undefined;
    expose: string[];
    revocationUrl?: string | undefined;
    introspectionUrl?: string | undefined;
    revocationClientAuth?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | undefined;
}, {
    tokenUrl: string;
    secretId: string;
    dialect: "oauth2" | "prove";
    clientAuth: "client_secret_basic" | "client_secret_post" | "private_key_jwt";
    basicEncoding: "form" | "raw";
    requestFormat: "form" | "json";
    scopes: {
        default: string[];
        allowed: string[];
    };
    parameters: {
        [x: string]: string;
    };
    headers: {
        [x: string]: string;
    };
    defaultLifetimeSeconds?: number | undefined;
    expose: string[];
    revocationUrl?: string | undefined;
    introspectionUrl?: string | undefined;
    revocationClientAuth?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | undefined;
}, v.PartialCheckIssue<{
    clientAuth: "client_secret_basic" | "client_secret_post" | "private_key_jwt";
    revocationClientAuth?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | undefined;
}>>]>;
/** A provider's settings as somebody writes them. */
export type ProviderSettings = v.InferInput<typeof providerSettingsSchema>;
/** A provider's settings with every default filled in, and its name. */
export type Provider = v.InferOutput<typeof providerSettingsSchema> & {
    readonly name: string;
};
