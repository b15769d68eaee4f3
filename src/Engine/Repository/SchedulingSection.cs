using Camshaft.Engine.Models.Configuration;

namespace Camshaft.Engine.Repository;

/// <summary>Reads the keys of <c>model.yaml</c> that place a model's requests in time.</summary>
internal sealed class SchedulingSection(YamlReader yaml)
{
    public ModelScheduling ReadObjective(ModelScheduling scheduling)
    {
        var objective = new LatencyObjective(TimeSpan.Zero);
        yaml.ReadMembers("slo", new Dictionary<string, Action>
        {
            ["latency"] = () => objective = objective with { Latency = yaml.ReadDuration("latency", "1us", "1h") },
            ["percentile"] = () => objective = objective with { Percentile = yaml.ReadNumber("percentile", 1, 99.999m) },
            ["availability"] = () => objective = objective with { Availability = yaml.ReadNumber("availability", 1, 99.9999m) },
            ["window"] = () => objective = objective with { Window = yaml.ReadDuration("window", "1m", "90d") },
        });
        return scheduling with { Objective = objective.Latency > TimeSpan.Zero ? objective : throw yaml.Fail("slo needs a latency, such as 20ms") };
    }

    public ModelScheduling ReadWeight(ModelScheduling scheduling) => scheduling with { Weight = yaml.ReadNumber("weight", 0.001m, 1000) };

    public ModelScheduling ReadMinimumShare(ModelScheduling scheduling) => scheduling with { MinimumShare = yaml.ReadNumber("minimum_share", 0, 1) };

    public ModelScheduling ReadPriority(ModelScheduling scheduling) => scheduling with { Priority = (int)yaml.ReadInteger("priority", 1, 255) };

    public ModelScheduling ReadOverload(ModelScheduling scheduling)
    {
        var text = yaml.ReadText("overload");
        return scheduling with
        {
            Overload = text switch
            {
                "shed" => OverloadMode.Shed,
                "serve" => OverloadMode.Serve,
                _ => throw yaml.Fail($"overload is '{text}'; expected shed or serve"),
            },
        };
    }
}
