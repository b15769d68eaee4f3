using Camshaft.Backends;
using Camshaft.Engine.Devices;
using Camshaft.Engine.Memory;
using Camshaft.Engine.Orchestration.Residency;
using Camshaft.Engine.Scheduling;
using Microsoft.Extensions.Logging;

namespace Camshaft.Engine.Orchestration;

/// <summary>
/// Lets the engine follow its container's limits: lanes for the processors that there are, and budgets that fit the memory. What the options
/// state stays. From <see cref="Start"/> to <see cref="Dispose"/>.
/// </summary>
internal sealed partial class ContainerScaling : IDisposable
{
    private readonly EngineOptions _options;
    private readonly ContainerWatch _watch;
    private readonly DeviceSchedulers _schedulers;
    private readonly HostMemoryPool _memory;
    private readonly ModelResidency _residency;
    private readonly ILogger _logger;

    /// <summary>Follows nothing yet.</summary>
    /// <param name="options">What the engine was told.</param>
    /// <param name="watch">The container's limits; this one's to dispose.</param>
    /// <param name="schedulers">Whose lanes there are as many as processors.</param>
    /// <param name="memory">The memory of tensors.</param>
    /// <param name="residency">The memory of models.</param>
    /// <param name="logger">Where messages go.</param>
    public ContainerScaling(EngineOptions options, ContainerWatch watch, DeviceSchedulers schedulers, HostMemoryPool memory, ModelResidency residency, ILogger logger)
    {
        _options = options;
        _watch = watch;
        _schedulers = schedulers;
        _memory = memory;
        _residency = residency;
        _logger = logger;
        watch.MemoryLimitChanged += FollowMemoryLimit;
        watch.ProcessorCountChanged += FollowProcessorCount;
    }

    public void Start() => _watch.Start();

    public void Dispose() => _watch.Dispose();

    private void FollowProcessorCount(int count)
    {
        if (_options.CpuLaneCount > 0)
        {
            return;
        }

        foreach (var scheduler in _schedulers.All.Where(static scheduler => scheduler.Device.Kind == DeviceKind.Cpu))
        {
            scheduler.Resize(count);
        }

        Log.ProcessorCount(_logger, count);
    }

    private void FollowMemoryLimit(long? containerLimit)
    {
        var plan = MemoryPlan.Make(_options, containerLimit);
        _memory.SetBudget(plan.TensorByteSize);
        _residency.Limit = plan.ModelByteSize;
        Log.MemoryLimit(_logger, containerLimit, plan.TensorByteSize, plan.ModelByteSize);
    }

    private static partial class Log
    {
        [LoggerMessage(104, LogLevel.Information, "The container's memory limit is {Limit} bytes now: tensors may take {TensorByteSize} bytes, models {ModelByteSize}.")]
        public static partial void MemoryLimit(ILogger logger, long? limit, long tensorByteSize, long modelByteSize);

        [LoggerMessage(105, LogLevel.Information, "The process may use {Count} processors now.")]
        public static partial void ProcessorCount(ILogger logger, int count);
    }
}
