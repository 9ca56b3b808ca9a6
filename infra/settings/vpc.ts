import * as v from 'valibot';

const ids = (prefix: string) =>
  v.pipe(
    v.array(
      v.pipe(v.string('must be a string'), v.regex(new RegExp(`^${prefix}-[0-9a-f]+$`), `must be an id, ${prefix}-…`)),
    ),
    v.minLength(1, 'must name at least one'),
  );

/** A VPC that another team owns. Its private subnets must already lead out through NAT gateways. */
const givenVpc = v.strictObject({
  vpcId: v.pipe(v.string('must be a string'), v.regex(/^vpc-[0-9a-f]+$/, 'must be the id of a VPC, vpc-…')),
  /** Of each subnet, in the order of the subnets. */
  availabilityZones: v.pipe(v.array(v.string('must be a string')), v.minLength(1, 'must name at least one')),
  /** One per availability zone. */
  privateSubnetIds: ids('subnet'),
  /** Of each subnet. If given, and the token store is DynamoDB, the stack adds a gateway endpoint for DynamoDB to them. */
  routeTableIds: v.optional(ids('rtb')),
});

const newVpc = v.strictObject({
  new: v.strictObject({
    /** Each has an address of its own, which an output names, and serves the subnets of one zone or more. */
    natGateways: v.picklist([1, 2, 3], 'must be 1, 2 or 3'),
  }),
});

/** Where the functions' requests leave AWS from fixed addresses. A union would not say what is wrong with either. */
export const vpcSchema = v.lazy((input) =>
  typeof input === 'object' && input !== null && 'new' in input ? newVpc : givenVpc,
);

export type GivenVpc = v.InferOutput<typeof givenVpc>;
export type NewVpcSettings = v.InferOutput<typeof newVpc>;
