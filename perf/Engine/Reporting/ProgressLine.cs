using System.Globalization;
using Camshaft.Load.Running;
using Camshaft.Load.Searching;

namespace Camshaft.EngineBenchmark.Reporting;

/// <summary>One line on the error stream that says what goes on, written over itself; where that is no terminal, a line for each step.</summary>
internal sealed class ProgressLine : IProgress<RunProgress>, IProgress<MaxRateStep>
{
    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private string _step = "";
    private int _length;

    /// <summary>Says what begins now.</summary>
    public void Begin(string step)
    {
        _step = step;
        if (_isTerminal)
        {
            Write(step);
        }
        else
        {
            Console.Error.WriteLine($"{DateTime.Now:HH:mm:ss} {step}");
        }
    }

    /// <inheritdoc/>
    public void Report(RunProgress value)
    {
        if (_isTerminal)
        {
            Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{_step}: {value.Elapsed.TotalSeconds:0} of {value.Total.TotalSeconds:0} s, {(value.IsWarmingUp ? "warming up" : $"{value.AnswersPerSecond:0} answers/s")}, {value.InFlight} unanswered, {value.Errors} errors"));
        }
    }

    /// <inheritdoc/>
    public void Report(MaxRateStep value)
    {
        End();
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_step}: × {value.Factor:0.###} {(value.Passed ? "kept" : $"missed ({string.Join("; ", value.Reasons)})")}{(value.IsGeneratorSaturated ? ", the generator did not keep its times" : "")}"));
    }

    /// <summary>Clears the line.</summary>
    public void End()
    {
        if (_isTerminal)
        {
            Write("");
            Console.Error.Write('\r');
        }
    }

    private void Write(string text)
    {
        Console.Error.Write($"\r{text.PadRight(_length)}");
        _length = text.Length;
    }
}
