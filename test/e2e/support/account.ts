/** The account and the region that the test deploys to. MiniStack accepts any; an access key of 12 digits is the account's root. */
export const accountId = '111122223333';
export const region = 'us-east-1';
export const rootKey = { accessKeyId: accountId, secretAccessKey: 'root' };
