using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Telemetry.Metrics;
using Camshaft.Engine.Telemetry.Snapshots;
using Camshaft.LiveConsole.Views;

namespace Camshaft.LiveConsole.Sampling;

/// <summary>Puts GPUs, and models on them, into what pages show.</summary>
internal static class GpuViews
{
    private const int MostModels = 8;

    /// <summary>The GPUs of a snapshot.</summary>
    /// <param name="snapshot">The engine now.</param>
    /// <param name="findTrack">Finds what is known of a version.</param>
    public static IReadOnlyList<GpuView> Describe(EngineSnapshot snapshot, Func<ModelSnapshot, ModelTrack> findTrack) =>
        [.. snapshot.Accelerators.Select(gpu => Describe(gpu, snapshot, findTrack))];

    /// <summary>The GPU of a version; null where it runs on the processors, or was never loaded.</summary>
    public static ModelGpuView? Describe(ModelTrack track)
    {
        var snapshot = track.Snapshot;
        if (snapshot.Model.Device is not IAccelerator gpu)
        {
            return null;
        }

        return new ModelGpuView(DeviceName.Of(gpu), gpu.Name)
        {
            Fault = gpu.Fault,
            Share = track.DeviceShare,
            Time = Figures.ToMilliseconds(snapshot.Counts.DeviceTime),
            Memory = snapshot.DeviceMemory?.UsedByteSize,
            Peak = snapshot.DeviceMemory?.PeakByteSize,
            Limit = snapshot.Model.Configuration.Limits.DeviceMemoryBytes,
        };
    }

    private static GpuView Describe(AcceleratorSnapshot gpu, EngineSnapshot snapshot, Func<ModelSnapshot, ModelTrack> findTrack)
    {
        List<LaneSnapshot> lanes = [.. snapshot.Lanes.Where(lane => lane.DeviceKind == gpu.Device.Kind && lane.DeviceOrdinal == gpu.Device.Ordinal)];
        List<GpuModelView> models =
        [
            .. snapshot.Models.Where(model => IsOn(gpu, model))
                .Select(model => (findTrack(model).Row.Key, findTrack(model).DeviceShare, Memory: model.DeviceMemory?.UsedByteSize ?? 0))
                .Select(static model => new GpuModelView(model.Key, model.DeviceShare, model.Memory))
                .OrderByDescending(static model => model.Share).ThenByDescending(static model => model.Memory).ThenBy(static model => model.Key, StringComparer.Ordinal),
        ];
        var sensors = gpu.Sensors;
        return new GpuView(gpu.Name, gpu.Device.Name)
        {
            Fault = gpu.Fault,
            SilentSince = sensors.SilentSince is { } since ? Figures.ToUnixSeconds(since) : null,
            Utilization = sensors.Utilization,
            Memory = sensors.MemoryByteSize ?? gpu.Device.MemoryByteSize,
            UsedMemory = sensors.UsedMemoryByteSize,
            ModelMemory = gpu.ModelByteSize,
            ModelBudget = gpu.BudgetByteSize,
            Power = sensors.PowerWatts,
            PowerLimit = sensors.PowerLimitWatts,
            Temperature = sensors.TemperatureCelsius,
            Lanes = lanes.Count,
            BusyLanes = lanes.Count(static lane => lane.Model is not null),
            Models = models.Count > MostModels ? models[..MostModels] : models,
            MoreModels = Math.Max(0, models.Count - MostModels),
        };
    }

    // What a GPU that has failed took with it is still on it.
    private static bool IsOn(AcceleratorSnapshot gpu, ModelSnapshot model) =>
        model.Model.Device == gpu.Device && (model.DeviceMemory is not null || (gpu.Fault is not null && model.State == ModelState.Failed));
}
