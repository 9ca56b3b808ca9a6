// The local stack's bootstrap as it is. What comes before it says when it starts, which is when the function begins to
// load: the bootstrap does nothing before that. So neither the bootstrap nor a function has to know that it is measured,
// and the cost, one short write, is the same for all.
import './say-load-start.ts';
import '../../local/lambda/bootstrap.ts';
