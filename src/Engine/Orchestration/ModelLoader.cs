using Camshaft.Backends;
using Camshaft.Engine.Batching;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Memory;
using Camshaft.Engine.Models;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Orchestration.Residency;
using Camshaft.Engine.Orchestration.WarmUp;
using Camshaft.Engine.Repository;
using Camshaft.Engine.Scheduling;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Queues;
using Camshaft.Engine.Telemetry;

namespace Camshaft.Engine.Orchestration;

/// <summary>
/// Loads versions beside serving, a bounded number at once: what takes long, the backend's part and the warm-up, on threads of
/// its own that yield to all others. What it makes is not visible to requests until the controller publishes it.
/// </summary>
internal sealed class ModelLoader(
    Func<ModelConfiguration, VersionDirectory, IReadOnlyList<BackendChoice>> select,
    DeviceSchedulers schedulers,
    HostMemoryPool memory,
    ModelResidency residency,
    CompletionThread completions,
    EngineOptions options,
    TimeProvider timeProvider) : IDisposable
{
    private const string ThreadName = "camshaft-load";

    // Triton's name for it, beside the versions (model_repository.md).
    private const string SampleDirectoryName = "warmup";

    private readonly SemaphoreSlim _loads = new(options.ConcurrentLoads);

    /// <summary>The tags by which requests are counted.</summary>
    public TagTable Tags { get; } = new(options.MetricTags, options.MetricTagValueLimit);

    /// <summary>Loads a version once there is room for it; it is then loaded, or failed with its reason.</summary>
    /// <param name="version">The version.</param>
    /// <param name="directory">Its files.</param>
    /// <param name="mayEvict">Whether other models may leave for it; else it goes on standby where they would have to.</param>
    /// <param name="cancellationToken">Gives the load up.</param>
    public async Task LoadAsync(ModelVersion version, VersionDirectory directory, bool mayEvict, CancellationToken cancellationToken)
    {
        await _loads.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            version.BeginLoading();
            var admission = await residency.AdmitAsync(version, LoadEstimate.FromFiles(directory), mayEvict, cancellationToken).ConfigureAwait(false);
            if (!admission.IsOk)
            {
                Refuse(version, admission, mayEvict);
                return;
            }

            try
            {
                await LoadFilesAsync(version, directory, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                residency.Release(version);
                throw;
            }

            EndLoad(version);
        }
        finally
        {
            _loads.Release();
        }
    }

    /// <summary>Warms a version up again, beside its serving.</summary>
    /// <returns>Success; <see cref="StatusCode.Unavailable"/> when it does not serve; else what is wrong with its samples, or how its run failed.</returns>
    public async Task<InferenceStatus> WarmAsync(ModelVersion version)
    {
        await _loads.WaitAsync().ConfigureAwait(false);
        try
        {
            if (version.TryHold() is not { } loaded)
            {
                return new InferenceStatus(StatusCode.Unavailable, $"{version} is not ready: {version.Reason ?? version.State.ToString().ToLowerInvariant()}.");
            }

            try
            {
                var (costs, failure) = await OwnThread.RunNicedAsync(ThreadName, () => ModelWarmUp.Run(loaded, version), completions).ConfigureAwait(false);
                if (failure.IsOk)
                {
                    version.RefreshCosts(costs);
                    return failure;
                }

                return new InferenceStatus(failure.Code, $"{version} cannot be warmed up: {WithoutSubject(version, failure.Message)}");
            }
            catch (BackendException exception)
            {
                return new InferenceStatus(exception.Code, $"{version} cannot be warmed up: {WithoutSubject(version, exception.Message)}");
            }
            finally
            {
                version.EndHold();
            }
        }
        finally
        {
            _loads.Release();
        }
    }

    /// <summary>Where the files of a version's warm-up samples lie; it need not exist.</summary>
    public static string GetSampleDirectory(VersionDirectory version) => Path.Combine(Path.GetDirectoryName(version.Path)!, SampleDirectoryName);

    public void Dispose() => _loads.Dispose();

    private static void Refuse(ModelVersion version, in InferenceStatus admission, bool mayEvict)
    {
        if (!mayEvict && admission.Code == StatusCode.Unavailable)
        {
            version.BeginStandby(admission.Message);
        }
        else
        {
            version.Fail(admission.Message);
        }
    }

    private void EndLoad(ModelVersion version)
    {
        if (version.State != ModelState.Failed)
        {
            version.MeasureFootprint();
            if (residency.Settle(version) is { IsOk: false } refusal)
            {
                version.Fail(refusal.Message);
            }
        }

        if (version.State == ModelState.Failed)
        {
            version.Discard();
            residency.Release(version);
        }
    }

    private async Task LoadFilesAsync(ModelVersion version, VersionDirectory directory, CancellationToken cancellationToken)
    {
        ILoadedModel? model = null;
        IAcceleratorShare? share = null;
        try
        {
            var started = timeProvider.GetTimestamp();
            (var choice, model, share) = await LoadOnFirstWithRoomAsync(version, select(version.Configuration, directory), cancellationToken).ConfigureAwait(false);
            if (SignatureCheck.Compare(version.Configuration, model.Signature) is { } disagreement)
            {
                throw new BackendException(StatusCode.InvalidArgument, $"model.yaml disagrees with the model file: {disagreement}");
            }

            var signature = Refine(model.Signature, version.Configuration);
            var obstacle = BatchAxes.FindObstacle(signature);
            if (obstacle is not null && version.Configuration.Batching.MaxBatchSize > 1)
            {
                throw new BackendException(StatusCode.InvalidArgument, $"model.yaml has 'max_batch_size: {version.Configuration.Batching.MaxBatchSize}', but {obstacle}");
            }

            var queueLimit = version.Configuration.Limits.QueueSize ?? options.QueueLimit;
            var scheduler = schedulers.Find(choice.Device, hasShare: version.Configuration.Limits.DeviceShare > 0);
            var loaded = new LoadedVersion(choice.Backend, model, signature, scheduler, version, queueLimit, CreateRequest, memory, GetSampleDirectory(directory), share);
            version.Attach(loaded, timeProvider.GetElapsedTime(started));
            (model, share) = (null, null);
            await WarmUpAsync(version, loaded, obstacle).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // A plugin may throw anything; whatever it is, it is this version's and no other's.
            version.DisposeLeft(model);
            version.DisposeLeft(share);
            version.LacksDevice = exception is DeviceMissingException;
            version.LacksBackend = version.LacksDevice || exception is BackendException { Code: StatusCode.Unavailable };
            version.Fail(WithoutSubject(version, exception.Message));
        }
    }

    /// <summary>Loads a version on the first of some devices that has room for it: what is free is known for sure only when it is taken.</summary>
    private async Task<(BackendChoice Choice, ILoadedModel Model, IAcceleratorShare? Share)> LoadOnFirstWithRoomAsync(ModelVersion version, IReadOnlyList<BackendChoice> choices, CancellationToken cancellationToken)
    {
        var refusals = new List<string>();
        foreach (var choice in choices)
        {
            IAcceleratorShare? share = null;
            try
            {
                share = (choice.Device as IAccelerator)?.Open(DescribeTerms(version, schedulers.Find(choice.Device, hasShare: version.Configuration.Limits.DeviceShare > 0).LaneCount));
                var model = await OwnThread.RunNicedAsync(ThreadName, () => choice.Backend.Load(Describe(version, choice), share ?? choice.Device, cancellationToken), completions).ConfigureAwait(false);
                return (choice, model, share);
            }
            catch (BackendException exception) when (exception.Code == StatusCode.ResourceExhausted && choices.Count > 1)
            {
                share?.Dispose();
                refusals.Add(exception.Message);
            }
            catch
            {
                share?.Dispose();
                throw;
            }
        }

        throw new BackendException(StatusCode.ResourceExhausted, string.Join(' ', refusals));
    }

    private async Task WarmUpAsync(ModelVersion version, LoadedVersion loaded, string? obstacle)
    {
        var configured = version.Configuration.Batching.MaxBatchSize;
        if (version.Configuration.WarmUp == WarmUpMode.None)
        {
            version.SetBatching(BatchDecision.Make(obstacle, configured, []), []);
            return;
        }

        if (version.KnownBatching is { } known)
        {
            // Requests wait for it, and nothing would be learnt.
            version.SetBatching(known.Decision, known.Costs);
            return;
        }

        version.BeginWarmUp();
        var (costs, failure) = await OwnThread.RunNicedAsync(ThreadName, () => ModelWarmUp.Run(loaded, version), completions).ConfigureAwait(false);
        if (!failure.IsOk)
        {
            // Samples are there to tell that the model works. That requests hold all the memory now tells nothing.
            if (version.Configuration.WarmUpSamples.Count > 0 && failure.Code is not StatusCode.ResourceExhausted and not StatusCode.Cancelled)
            {
                throw new BackendException(failure.Code, failure.Message);
            }

            version.ReportWarmUpFailure(failure.Message);
        }

        version.SetBatching(BatchDecision.Make(obstacle, configured, costs), costs);
    }

    private static ModelSource Describe(ModelVersion version, BackendChoice choice) => new()
    {
        ModelName = version.ModelName,
        Version = version.Number,
        FilePath = choice.FilePath,
        Parameters = version.Configuration.Parameters,
        MaxBatchSize = version.Configuration.Batching.MaxBatchSize,
        ThreadsPerRun = version.Configuration.Limits.Threads,
        ListedInputs = [.. version.Configuration.Inputs.Select(static input => input.Name)],
    };

    private static AcceleratorTerms DescribeTerms(ModelVersion version, int laneCount) => new(version.ToString())
    {
        Model = version.ModelName,
        Priority = version.Configuration.Scheduling.Priority,
        ProcessorShare = version.Configuration.Limits.DeviceShare,
        MemoryLimit = version.Configuration.Limits.DeviceMemoryBytes ?? long.MaxValue,
        LaneCount = laneCount,
    };

    /// <summary>Takes over what the configuration states beyond the model file: batch axes, and lengths of inputs' variable dimensions.</summary>
    private static ModelSignature Refine(ModelSignature signature, ModelConfiguration configuration)
    {
        return new ModelSignature(
            signature.Inputs.Select(tensor => Find(configuration.Inputs, tensor) is { } stated ? WithShape(WithAxis(tensor, stated), stated) : tensor),
            signature.Outputs.Select(tensor => Find(configuration.Outputs, tensor) is { } stated ? WithAxis(tensor, stated) : tensor));

        static TensorConfiguration? Find(IReadOnlyList<TensorConfiguration> configured, TensorSpec tensor) => configured.FirstOrDefault(entry => entry.Name == tensor.Name);

        static TensorSpec WithAxis(TensorSpec tensor, TensorConfiguration stated) => tensor with { BatchAxis = stated.BatchAxis ?? tensor.BatchAxis };

        // A scalar may be stated as one element; the model's own form stays.
        static TensorSpec WithShape(TensorSpec tensor, TensorConfiguration stated) => stated.Shape is { } shape && shape.Rank == tensor.Shape.Rank ? tensor with { Shape = shape } : tensor;
    }

    // Backends begin their messages with the model, and so does whoever shows the reason.
    private static string WithoutSubject(ModelVersion version, string message) =>
        message.StartsWith($"{version}: ", StringComparison.Ordinal) ? message[$"{version}: ".Length..] : message;

    private InferenceRequest CreateRequest(ModelVersion version, SignaturePlan plan, ModelQueues queues, DeviceScheduler scheduler) =>
        new(version, plan, queues, scheduler, memory, timeProvider, Tags);
}
