import { Duration, Validations } from "aws-cdk-lib";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { type QueueName, queues, visibilityOf } from "../../shared/data/grant.ts";

const secured = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };

/** A dead-letter queue: keeps failed messages for fourteen days, for a person to look at. */
class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string) {
    super(scope, id, { ...secured, retentionPeriod: Duration.days(14) });
    const reason = "It is itself a dead-letter queue: a person handles its messages, not a worker.";
    Validations.of(this).acknowledge(
      { id: "AwsSolutions-SQS3", reason },
      { id: "Serverless-SQSRedrivePolicy", reason },
    );
  }
}

/** A job queue with its numbers from `queues`, and the queue where it sets aside what failed too often. */
export class QueueWithDlq extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, name: QueueName) {
    super(scope, id);
    this.deadLetters = new DeadLetterQueue(this, "DeadLetters");
    this.queue = new Queue(this, "Queue", {
      ...secured,
      visibilityTimeout: Duration.seconds(visibilityOf(name)),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: queues[name].maxReceives },
    });
  }
}
