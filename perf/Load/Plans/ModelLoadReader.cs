using System.Globalization;
using Camshaft.Load.Arrivals;

namespace Camshaft.Load.Plans;

/// <summary>
/// Reads what a model is to be asked from settings by name, the same at the command line (<c>mnist:rate=200,slo=20ms</c>) and
/// in a scenario file.
/// </summary>
public static class ModelLoadReader
{
    private const string ShapePrefix = "shape.";
    private const string FillPrefix = "fill.";

    private static readonly string[] Sources = ["rate", "trace", "concurrency"];

    private static readonly string[] Known =
        ["rate", "arrival", "cv", "concurrency", "trace", "speed", "slo", "percentile", "timeout", "version", "batch", "inflight", "shape.INPUT", "fill.INPUT"];

    /// <summary>Takes the text of one model apart.</summary>
    /// <param name="text"><c>NAME</c> or <c>NAME:SETTING=VALUE,SETTING=VALUE</c>.</param>
    /// <returns>The name, and its settings.</returns>
    public static (string Name, Dictionary<string, string> Settings) Split(string text)
    {
        var separator = text.IndexOf(':', StringComparison.Ordinal);
        var name = separator < 0 ? text : text[..separator];
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in separator < 0 ? [] : text[(separator + 1)..].Split(','))
        {
            if (part.Split('=', 2) is not [{ Length: > 0 } key, { Length: > 0 } value])
            {
                throw new LoadException($"Model '{name}': '{part}' is no SETTING=VALUE, as in mnist:rate=200,slo=20ms.");
            }

            if (!settings.TryAdd(key, value))
            {
                throw new LoadException($"Model '{name}': '{key}' stands there twice.");
            }
        }

        return (name, settings);
    }

    /// <summary>Reads a model's settings.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="settings">Its settings; whoever names neither a rate, a trace nor a concurrency gets one client in a closed loop.</param>
    /// <exception cref="LoadException">A setting is not known, not readable, or does not go with another.</exception>
    public static ModelLoad Read(string name, IReadOnlyDictionary<string, string> settings)
    {
        if (name.Length == 0)
        {
            throw new LoadException("A model needs a name, as in mnist:rate=200.");
        }

        var unknown = settings.Keys.FirstOrDefault(static key => !IsKnown(key));
        if (unknown is not null)
        {
            throw new LoadException($"Model '{name}': '{unknown}' is not known; expected one of {string.Join(", ", Known)}.");
        }

        try
        {
            var load = new ModelLoad(name, ReadArrivals(settings));
            return load with
            {
                Version = settings.ContainsKey("version") ? ReadWhole(settings, "version", 1) : null,
                Slo = ReadTime(settings, "slo", "can never be met"),
                Timeout = ReadTime(settings, "timeout", "is over before it begins"),
                Percentile = ReadNumber(settings, "percentile", load.Percentile, static number => number is > 0 and < 100, "a number above 0 and below 100"),
                MaxInFlight = ReadWhole(settings, "inflight", load.MaxInFlight),
                BatchSize = ReadWhole(settings, "batch", load.BatchSize),
                Shapes = ReadInputs(settings, ShapePrefix, ReadShape),
                FillValues = ReadInputs(settings, FillPrefix, static text =>
                    double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : throw new LoadException($"'{text}' is no number.")),
            };
        }
        catch (LoadException exception)
        {
            throw new LoadException($"Model '{name}': {exception.Message}", exception);
        }
    }

    /// <summary>Reads a shape: <c>1x3x224x224</c> or <c>1,3,224,224</c>.</summary>
    /// <exception cref="LoadException">It is none.</exception>
    public static long[] ReadShape(string text)
    {
        var lengths = text.Split('x', ',');
        var shape = new long[lengths.Length];
        for (var i = 0; i < shape.Length; i++)
        {
            if (!long.TryParse(lengths[i], NumberStyles.None, CultureInfo.InvariantCulture, out shape[i]))
            {
                throw new LoadException($"'{text}' is no shape; expected lengths as in 1x3x224x224.");
            }
        }

        return shape;
    }

    private static bool IsKnown(string key) =>
        Known.Contains(key) || (key.StartsWith(ShapePrefix, StringComparison.Ordinal) && key.Length > ShapePrefix.Length) || (key.StartsWith(FillPrefix, StringComparison.Ordinal) && key.Length > FillPrefix.Length);

    private static ArrivalPattern ReadArrivals(IReadOnlyDictionary<string, string> settings)
    {
        var sources = Sources.Where(settings.ContainsKey).ToList();
        if (sources.Count > 1)
        {
            throw new LoadException($"{string.Join(" and ", sources)} exclude each other.");
        }

        var source = sources.FirstOrDefault("concurrency");
        Refuse(settings, source, "rate", "arrival", "cv");
        Refuse(settings, source, "trace", "speed");
        return source switch
        {
            "rate" => ReadRate(settings),
            "trace" => new TraceReplay(ArrivalTrace.Read(settings["trace"]), ReadPositive(settings, "speed", 1)),
            _ => new ClosedLoop(ReadWhole(settings, "concurrency", 1)),
        };
    }

    private static void Refuse(IReadOnlyDictionary<string, string> settings, string source, string owner, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (source != owner && settings.ContainsKey(key))
            {
                throw new LoadException($"{key} goes with {owner} only.");
            }
        }
    }

    private static OpenLoop ReadRate(IReadOnlyDictionary<string, string> settings)
    {
        var rate = ReadPositive(settings, "rate", 1);
        var arrival = settings.GetValueOrDefault("arrival") ?? (settings.ContainsKey("cv") ? "gamma" : "poisson");
        if (arrival != "gamma" && settings.ContainsKey("cv"))
        {
            throw new LoadException("cv goes with arrival=gamma only.");
        }

        return arrival switch
        {
            "poisson" => new PoissonRate(rate),
            "constant" => new ConstantRate(rate),
            "gamma" => new GammaRate(rate, ReadPositive(settings, "cv", 1)),
            _ => throw new LoadException($"arrival '{arrival}' is not known; expected poisson, constant or gamma."),
        };
    }

    private static TimeSpan? ReadTime(IReadOnlyDictionary<string, string> settings, string key, string objection)
    {
        if (!settings.TryGetValue(key, out var text))
        {
            return null;
        }

        return DurationText.Parse(text) is { Ticks: > 0 } time ? time : throw new LoadException($"{key} '{text}' {objection}; expected more than nothing.");
    }

    private static double ReadPositive(IReadOnlyDictionary<string, string> settings, string key, double otherwise) =>
        ReadNumber(settings, key, otherwise, static number => number > 0 && double.IsFinite(number), "a number above 0");

    private static double ReadNumber(IReadOnlyDictionary<string, string> settings, string key, double otherwise, Predicate<double> isValid, string expected)
    {
        if (!settings.TryGetValue(key, out var text))
        {
            return otherwise;
        }

        return double.TryParse(text, CultureInfo.InvariantCulture, out var number) && isValid(number)
            ? number
            : throw new LoadException($"{key} '{text}' is not usable; expected {expected}.");
    }

    private static int ReadWhole(IReadOnlyDictionary<string, string> settings, string key, int otherwise)
    {
        if (!settings.TryGetValue(key, out var text))
        {
            return otherwise;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new LoadException($"{key} '{text}' is not usable; expected a whole number above 0.");
    }

    private static Dictionary<string, T> ReadInputs<T>(IReadOnlyDictionary<string, string> settings, string prefix, Func<string, T> read) => settings
        .Where(setting => setting.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(setting => setting.Key[prefix.Length..], setting => read(setting.Value), StringComparer.Ordinal);
}
