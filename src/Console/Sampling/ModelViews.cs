using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Telemetry;
using Camshaft.LiveConsole.Views;

namespace Camshaft.LiveConsole.Sampling;

/// <summary>Puts together what the page of one version shows.</summary>
internal static class ModelViews
{
    private const int MostRequests = 12;

    /// <summary>Describes a version.</summary>
    /// <param name="track">What is known of it.</param>
    /// <param name="models">The models, for its other versions.</param>
    /// <param name="time">Now.</param>
    /// <param name="uptime">Now by the engine's clock.</param>
    /// <param name="withHistory">Whether with the last minutes.</param>
    public static ModelView Describe(ModelTrack track, ModelRegistry models, DateTimeOffset time, TimeSpan uptime, bool withHistory)
    {
        var snapshot = track.Snapshot;
        var model = snapshot.Model;
        var present = track.DescribeColumn(uptime);
        return new ModelView(track.Row, Figures.ToUnixSeconds(time))
        {
            Versions = [.. FindVersions(models, model.ModelName).Select(static version => new VersionView(version.Number, ModelRows.Spell(version.State)))],
            Description = model.Configuration.Description,
            Inputs = Describe(model.Signature?.Inputs),
            Outputs = Describe(model.Signature?.Outputs),
            LoadTime = Figures.ToMilliseconds(model.LoadTime),
            HostMemory = snapshot.Footprint.HostByteSize,
            MappedMemory = snapshot.Footprint.MappedByteSize,
            DeviceMemory = snapshot.Footprint.DeviceByteSize,
            Gpu = GpuViews.Describe(track),
            Batching = DescribeBatching(model),
            Profile = DescribeProfile(model),
            Outcomes = DescribeOutcomes(snapshot.Counts),
            TurnedAway = snapshot.Counts.Untaken,
            Errors = [.. model.Recorder.ReadErrors().Take(MostRequests).Select(Describe)],
            Slowest = [.. model.Recorder.ReadSlowRequests().Take(MostRequests).Select(Describe)],
            Columns = withHistory ? [.. track.GetColumns(), present] : [present],
            HeatBounds = withHistory ? HeatRows.Bounds : null,
        };
    }

    private static IReadOnlyList<ModelVersion> FindVersions(ModelRegistry models, string name) =>
        models.List().FirstOrDefault(entry => entry.Name == name)?.Versions ?? [];

    private static IReadOnlyList<TensorText>? Describe(IReadOnlyList<TensorSpec>? tensors) =>
        tensors is null ? null : [.. tensors.Select(static tensor => new TensorText(tensor.Name, tensor.DataType.Name, [.. tensor.Shape.Dimensions]))];

    private static BatchingView? DescribeBatching(ModelVersion model)
    {
        if (model.Batching is not { } decision)
        {
            return null;
        }

        var plan = model.Plan;
        return new BatchingView(decision.MaxRows, decision.Reason)
        {
            Lanes = plan is null ? null : ModelRows.Spell(plan.Lanes),
            TargetRows = plan?.TargetRows,
            RunTime = plan is null ? null : Figures.ToMilliseconds(plan.RunTime),
            QueueDeadline = plan?.QueueDeadline is { } deadline ? Figures.ToMilliseconds(deadline) : null,
        };
    }

    private static List<ProfilePoint> DescribeProfile(ModelVersion model)
    {
        var points = model.RunCosts.ToDictionary(
            static cost => cost.Rows,
            static cost => new ProfilePoint(cost.Rows, Figures.ToMilliseconds(cost.Cpu), Figures.ToMilliseconds(cost.Wall), 0, null));
        foreach (var size in model.Recorder.ReadBatchSizes())
        {
            var point = points.GetValueOrDefault(size.Rows) ?? new ProfilePoint(size.Rows, null, null, 0, null);
            points[size.Rows] = point with { Count = size.Count, Seen = Figures.ToMilliseconds(size.Run / size.Count) };
        }

        return [.. points.Values.OrderBy(static point => point.Rows)];
    }

    private static Dictionary<string, long> DescribeOutcomes(ModelCounts counts) => Enum.GetValues<StatusCode>()
        .Where(code => counts.GetCount(code) > 0)
        .ToDictionary(static code => code.ToString(), counts.GetCount);

    private static RequestView Describe(RecordedRequest request) => new(
        Figures.ToUnixSeconds(request.EndedAt),
        request.Status.Code.ToString(),
        request.Rows,
        Figures.ToMilliseconds(request.GetTime(RequestStage.Total)))
    {
        Message = request.Status.IsOk ? null : request.Status.Message,
        Stages = [.. Enumerable.Range(0, (int)RequestStage.Total).Select(stage => Figures.ToMilliseconds(request.GetTime((RequestStage)stage)))],
        Trace = request.Trace.Exists ? request.Trace.TraceIdText : null,
    };
}
