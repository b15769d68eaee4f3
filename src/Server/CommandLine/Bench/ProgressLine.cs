using System.Globalization;
using Camshaft.Load.Running;
using Camshaft.Load.Searching;

namespace Camshaft.Server.CommandLine.Bench;

/// <summary>One line on the error stream that says how a run goes, written over itself; nothing where that is no terminal. Steps of a search are lines that stay.</summary>
internal sealed class ProgressLine(TextWriter error) : IProgress<RunProgress>, IProgress<MaxRateStep>, IDisposable
{
    private readonly bool _isTerminal = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;
    private int _length;

    public void Report(RunProgress value)
    {
        if (!_isTerminal)
        {
            return;
        }

        var text = value.IsWarmingUp
            ? string.Create(CultureInfo.InvariantCulture, $"{value.Elapsed.TotalSeconds:0} of {value.Total.TotalSeconds:0} s, warming up, {value.InFlight} unanswered")
            : string.Create(CultureInfo.InvariantCulture, $"{value.Elapsed.TotalSeconds:0} of {value.Total.TotalSeconds:0} s, {value.AnswersPerSecond:0} answers/s, {value.InFlight} unanswered, {value.Errors} errors");
        Write(text);
    }

    public void Report(MaxRateStep value)
    {
        Write("");
        var rates = string.Join(", ", value.Rates.Select(static rate => string.Create(CultureInfo.InvariantCulture, $"{rate.Model} {rate.PerSecond:0.##}/s")));
        error.WriteLine($"{rates}: {(value.Passed ? "kept" : $"missed ({string.Join("; ", value.Reasons)})")}{(value.IsGeneratorSaturated ? ", the generator did not keep its times" : "")}");
    }

    public void Dispose() => Write("");

    private void Write(string text)
    {
        if (_isTerminal)
        {
            error.Write($"\r{text.PadRight(_length)}{(text.Length == 0 ? "\r" : "")}");
            _length = text.Length;
        }
    }
}
