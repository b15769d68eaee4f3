using Camshaft.Engine.Inference;
using Camshaft.Engine.Models;

namespace Camshaft.Engine.Scheduling;

/// <summary>
/// The requests of one version of a model that wait for a lane, in order of arrival, and what the scheduler knows of the
/// model's runs. Guarded by the scheduler's lock.
/// </summary>
internal sealed class ModelQueue(ModelVersion model, int index, int limit)
{
    // A model is short when its runs take up to 100 µs on average: then the way through another thread costs as much as
    // the run. Before 32 runs the average says little.
    private const int RunsBeforeInline = 32;
    private const double InlineMicroseconds = 100;

    private InferenceRequest? _first;
    private InferenceRequest? _last;
    private double _meanRunTicks;
    private long _runs;

    public ModelVersion Model => model;

    /// <summary>The queue's place among the scheduler's queues.</summary>
    public int Index => index;

    public int Limit => limit;

    public void Append(InferenceRequest request, ref QueueState state)
    {
        request.QueueLinks.Previous = _last;
        if (_last is null)
        {
            _first = request;
        }
        else
        {
            _last.QueueLinks.Next = request;
        }

        _last = request;
        state.Depth++;
        state.Rows++;
        Describe(ref state);
    }

    public InferenceRequest TakeFirst(ref QueueState state)
    {
        var request = _first!;
        Remove(request, ref state);
        return request;
    }

    public void Remove(InferenceRequest request, ref QueueState state)
    {
        ref var links = ref request.QueueLinks;
        if (links.Previous is null)
        {
            _first = links.Next;
        }
        else
        {
            links.Previous.QueueLinks.Next = links.Next;
        }

        if (links.Next is null)
        {
            _last = links.Previous;
        }
        else
        {
            links.Next.QueueLinks.Previous = links.Previous;
        }

        links = default;
        state.Depth--;
        state.Rows--;
        Describe(ref state);
    }

    public InferenceRequest? First => _first;

    /// <summary>Takes a run's time into the mean; recent runs weigh more, so that it follows what the model does now.</summary>
    public void RecordRun(long ticks)
    {
        _runs++;
        _meanRunTicks += (ticks - _meanRunTicks) / Math.Min(_runs, RunsBeforeInline);
    }

    public bool IsShort(long timestampFrequency) =>
        _runs >= RunsBeforeInline && _meanRunTicks * 1e6 <= InlineMicroseconds * timestampFrequency;

    private void Describe(ref QueueState state)
    {
        state.HeadSequence = _first?.Sequence ?? long.MaxValue;
        state.HeadQueued = _first?.Timings.Received ?? 0;
        state.HeadDeadline = _first?.Deadline ?? long.MaxValue;
        state.HeadSoftDeadline = long.MaxValue;
        state.HeadRows = _first is null ? 0 : 1;
    }
}
