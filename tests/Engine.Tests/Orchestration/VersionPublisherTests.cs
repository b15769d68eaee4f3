using Camshaft.Backends;
using Camshaft.Engine.Devices;
using Camshaft.Engine.Models;
using Camshaft.Engine.Orchestration;
using Camshaft.Engine.Orchestration.Residency;
using Camshaft.Engine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Camshaft.Engine.Tests.Orchestration;

/// <summary>Versions that take the place of others.</summary>
public sealed class VersionPublisherTests : IDisposable
{
    private readonly ModelResidency _residency = new(long.MaxValue, TimeSpan.Zero, TimeProvider.System, NullLogger.Instance);
    private readonly ModelEntry _entry = new ModelRegistry().GetOrAdd("fake");
    private readonly VersionPublisher _publisher;

    public VersionPublisherTests() => _publisher = new VersionPublisher(_residency, new VersionUnloads(_residency, TimeProvider.System, NullLogger.Instance));

    [Fact]
    public async Task A_version_serves_once_it_is_seen()
    {
        await using var harness = new Harness();
        harness.Model.BeginLoading();
        _publisher.Publish(_entry, [], [harness.Model]);

        Assert.Same(harness.Model, _entry.HighestReady);
    }

    [Fact]
    public async Task A_version_whose_device_failed_before_it_could_be_seen_does_not_serve()
    {
        await using var harness = new Harness(device: new FailedDevice());
        harness.Model.BeginLoading();
        _publisher.Publish(_entry, [], [harness.Model]);

        Assert.Equal((ModelState.Failed, FailedDevice.Reason), (harness.Model.State, harness.Model.Reason));
    }

    [Fact]
    public async Task Nor_does_one_that_was_loaded_on_demand()
    {
        await using var harness = new Harness(device: new FailedDevice());
        var before = new ModelVersion("fake", 1, harness.Model.Configuration, TimeProvider.System, NullLogger.Instance);
        _entry.Set([before], null);
        harness.Model.BeginLoading();
        _publisher.Replace(_entry, before, harness.Model, static () => 1);

        Assert.Equal((ModelState.Failed, FailedDevice.Reason), (harness.Model.State, harness.Model.Reason));
        Assert.Same(harness.Model, Assert.Single(_entry.Versions));
    }

    public void Dispose() => _residency.Dispose();

    private sealed class FailedDevice : IDevice
    {
        public const string Reason = "It fell off the bus.";

        private readonly CpuDevice _cpu = new();

        public DeviceKind Kind => _cpu.Kind;

        public int Ordinal => _cpu.Ordinal;

        public string Name => _cpu.Name;

        public IMemorySource MemorySource => _cpu.MemorySource;

        public string? Fault => Reason;

        public ILane CreateLane(int index) => _cpu.CreateLane(index);
    }
}
