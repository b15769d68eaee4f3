using System.Globalization;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Scheduling;

namespace Camshaft.Engine.Repository;

/// <summary>Reads the keys of <c>model.yaml</c> that place a model's requests in time.</summary>
internal sealed class SchedulingSection(YamlReader yaml)
{
    private const double MaxWeight = 1000;
    private const int MaxPreferredSizes = 64;

    public ModelScheduling ReadObjective(ModelScheduling scheduling)
    {
        var objective = new LatencyObjective(TimeSpan.Zero);
        yaml.ReadMembers("slo", new Dictionary<string, Action>
        {
            ["latency"] = () => objective = objective with { Latency = ReadDuration("latency", TimeSpan.FromMicroseconds(1), TimeSpan.FromHours(1)) },
            ["percentile"] = () => objective = objective with { Percentile = ReadNumber("percentile", 1, 99.999) },
            ["availability"] = () => objective = objective with { Availability = ReadNumber("availability", 1, 99.9999) },
            ["window"] = () => objective = objective with { Window = ReadDuration("window", TimeSpan.FromMinutes(1), TimeSpan.FromDays(90)) },
        });
        return scheduling with { Objective = objective.Latency > TimeSpan.Zero ? objective : throw yaml.Fail("slo needs a latency, such as 20ms") };
    }

    public ModelScheduling ReadBatching(ModelScheduling scheduling)
    {
        var batching = scheduling.Batching;
        yaml.ReadMembers("batching", new Dictionary<string, Action>
        {
            ["enabled"] = () => batching = batching with { Enabled = ReadEnabled() },
            ["max_batch_size"] = () => batching = batching with { MaxBatchSize = (int)yaml.ReadInteger("max_batch_size", 1, BatchProfile.RowLimit) },
            ["preferred_batch_size"] = () => batching = batching with { PreferredBatchSizes = ReadPreferredSizes() },
            ["max_queue_delay"] = () => batching = batching with { MaxQueueDelay = ReadDuration("max_queue_delay", TimeSpan.Zero, TimeSpan.FromMinutes(1)) },
        });

        if (batching.PreferredBatchSizes is [.., var largest] && largest > batching.MaxBatchSize)
        {
            throw yaml.Fail($"preferred_batch_size {largest} is more than max_batch_size {batching.MaxBatchSize}");
        }

        return scheduling with { Batching = batching };
    }

    public ModelScheduling ReadWeight(ModelScheduling scheduling) => scheduling with { Weight = ReadNumber("weight", 1 / MaxWeight, MaxWeight) };

    public ModelScheduling ReadMinimumShare(ModelScheduling scheduling) => scheduling with { MinimumShare = ReadNumber("minimum_share", 0, 1) };

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

    private bool? ReadEnabled()
    {
        var text = yaml.ReadText("enabled");
        return text switch
        {
            "auto" => null,
            "true" => true,
            "false" => false,
            _ => throw yaml.Fail($"enabled is '{text}'; expected auto, true or false"),
        };
    }

    private List<int> ReadPreferredSizes()
    {
        var sizes = yaml.ReadList("preferred_batch_size", MaxPreferredSizes, () => (int)yaml.ReadInteger("a preferred batch size", 1, BatchProfile.RowLimit));
        return sizes.Zip(sizes.Skip(1)).All(static pair => pair.First < pair.Second) ? sizes : throw yaml.Fail("preferred_batch_size lists sizes in ascending order");
    }

    private double ReadNumber(string what, double minimum, double maximum)
    {
        var text = yaml.ReadText(what);
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum
            ? number
            : throw yaml.Fail(string.Create(CultureInfo.InvariantCulture, $"{what} is '{text}'; expected a number from {minimum} to {maximum}"));
    }

    private TimeSpan ReadDuration(string what, TimeSpan minimum, TimeSpan maximum)
    {
        var text = yaml.ReadText(what);
        var unit = text.TrimStart(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.']);
        var ticksPerUnit = unit switch
        {
            "us" => TimeSpan.TicksPerMicrosecond,
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            "d" => TimeSpan.TicksPerDay,
            _ => double.NaN,
        };
        return double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * ticksPerUnit >= minimum.Ticks && number * ticksPerUnit <= maximum.Ticks
                ? TimeSpan.FromTicks((long)(number * ticksPerUnit))
                : throw yaml.Fail($"{what} is '{text}'; expected a time from {minimum:g} to {maximum:g}, such as 20ms (units: us, ms, s, m, h, d)");
    }
}
