using Hearth.Api.Schema;

namespace Hearth.Api.InferenceFunctions;

/// <summary>What invokes a function beside HTTP: a Dapr topic or a schedule.</summary>
[ValidationRule("has(self.topic) != has(self.schedule)", Message = TopicOrSchedule)]
[ValidationRule("has(self.topic) == has(self.pubsub)", Message = PubsubWithTopic)]
public sealed record TriggerSpec
{
    internal const string TopicOrSchedule = "exactly one of topic and schedule must be given";
    internal const string PubsubWithTopic = "topic and pubsub go together";

    /// <summary>Dapr pub/sub component.</summary>
    [Length(0, 253)]
    public string? Pubsub { get; set; }

    /// <summary>Topic of the component.</summary>
    [Length(0, 253)]
    public string? Topic { get; set; }

    /// <summary>Cron expression of five fields, in UTC.</summary>
    [Length(0, 128)]
    public string? Schedule { get; set; }

    /// <summary>Path that is invoked.</summary>
    [Length(0, 1024)]
    public string Path { get; set; } = "/";
}
