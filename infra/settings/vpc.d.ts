import * as v from 'valibot';
/** A VPC that another team owns. Its private subnets must already lead out through NAT gateways. */
declare const givenVpc: v.StrictObjectSchema<{
    readonly vpcId: v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be the id of a VPC, vpc-…">]>;
    /** Of each subnet, in the order of the subnets. */
    readonly availabilityZones: v.SchemaWithPipe<readonly [v.ArraySchema<v.StringSchema<"must be a string">, undefined>, v.MinLengthAction<string[], 1, "must name at least one">]>;
    /** One per availability zone. */
    readonly privateSubnetIds: v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, `must be an id, ${string}-…`>]>, undefined>, v.MinLengthAction<string[], 1, "must name at least one">]>;
    /** Of each subnet. If given, and the token store is DynamoDB, the stack adds a gateway endpoint for DynamoDB to them. */
    readonly routeTableIds: v.OptionalSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, `must be an id, ${string}-…`>]>, undefined>, v.MinLengthAction<string[], 1, "must name at least one">]>, undefined>;
}, undefined>;
declare const newVpc: v.StrictObjectSchema<{
    readonly new: v.StrictObjectSchema<{
        /** Each has an address of its own, which an output names, and serves the subnets of one zone or more. */
        readonly natGateways: v.PicklistSchema<[1, 2, 3], "must be 1, 2 or 3">;
    }, undefined>;
}, undefined>;
/** Where the functions' requests leave AWS from fixed addresses. A union would not say what is wrong with either. */
export declare const vpcSchema: v.LazySchema<v.StrictObjectSchema<{
    readonly vpcId: v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be the id of a VPC, vpc-…">]>;
    /** Of each subnet, in the order of the subnets. */
    readonly availabilityZones: v.SchemaWithPipe<readonly [v.ArraySchema<v.StringSchema<"must be a string">, undefined>, v.MinLengthAction<string[], 1, "must name at least one">]>;
    /** One per availability zone. */
    readonly privateSubnetIds: v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, `must be an id, ${string}-…`>]>, undefined>, v.MinLengthAction<string[], 1, "must name at least one">]>;
    /** Of each subnet. If given, and the token store is DynamoDB, the stack adds a gateway endpoint for DynamoDB to them. */
    readonly routeTableIds: v.OptionalSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, `must be an id, ${string}-…`>]>, undefined>, v.MinLengthAction<string[], 1, "must name at least one">]>, undefined>;
}, undefined> | v.StrictObjectSchema<{
    readonly new: v.StrictObjectSchema<{
        /** Each has an address of its own, which an output names, and serves the subnets of one zone or more. */
        readonly natGateways: v.PicklistSchema<[1, 2, 3], "must be 1, 2 or 3">;
    }, undefined>;
}, undefined>>;
export type GivenVpc = v.InferOutput<typeof givenVpc>;
export type NewVpcSettings = v.InferOutput<typeof newVpc>;
export {};
