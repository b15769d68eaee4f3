namespace Camshaft.Load.Running;

/// <summary>Answers, answers within the SLO and errors over the measured time, in equal steps. Any thread.</summary>
internal sealed class Timeline
{
    // As many points as a chart can show.
    private const int MaxSteps = 300;

    private readonly RunWindow _window;
    private readonly long _stepNanoseconds;
    private readonly long[] _answers;
    private readonly long[] _good;
    private readonly long[] _errors;

    public Timeline(RunWindow window)
    {
        _window = window;
        var length = window.End - window.MeasureFrom;
        var seconds = (length + 999_999_999) / 1_000_000_000;
        _stepNanoseconds = 1_000_000_000 * ((seconds + MaxSteps - 1) / MaxSteps);
        var count = (int)((length + _stepNanoseconds - 1) / _stepNanoseconds);
        _answers = new long[count];
        _good = new long[count];
        _errors = new long[count];
    }

    /// <summary>How long a step is.</summary>
    public TimeSpan Step => TimeSpan.FromTicks(_stepNanoseconds / TimeSpan.NanosecondsPerTick);

    /// <summary>Answers that were as they should be, by step.</summary>
    public ReadOnlySpan<long> Answers => _answers;

    /// <summary>Those of them within the SLO.</summary>
    public ReadOnlySpan<long> Good => _good;

    /// <summary>Errors by step.</summary>
    public ReadOnlySpan<long> Errors => _errors;

    /// <summary>How long a step is, in seconds; the last may be shorter.</summary>
    public double GetStepSeconds(int step) => Math.Min(_stepNanoseconds, _window.End - _window.MeasureFrom - (step * _stepNanoseconds)) / 1e9;

    /// <summary>Counts what came back then; outside the measured time nothing is counted.</summary>
    public void Record(long time, bool isOk, bool isGood)
    {
        if (!_window.IsMeasured(time))
        {
            return;
        }

        var step = (int)((time - _window.MeasureFrom) / _stepNanoseconds);
        Interlocked.Increment(ref (isOk ? _answers : _errors)[step]);
        if (isGood)
        {
            Interlocked.Increment(ref _good[step]);
        }
    }
}
