using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Orchestration;
using Camshaft.Engine.Plugins;
using Camshaft.Engine.Repository;
using Camshaft.Engine.Scheduling;
using Camshaft.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Camshaft.Engine.Tests.Orchestration;

/// <summary>Real plugins, and a server without any device: what is chosen shows in the refusal.</summary>
public sealed class BackendSelectorTests : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly PluginHost _host;
    private readonly BackendSelector _selector;

    public BackendSelectorTests()
    {
        foreach (var plugin in (string[])["OnlyNamed", "NeedsHardware"])
        {
            foreach (var path in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "plugins", plugin)))
            {
                _directory.Write(Path.Combine("plugins", plugin, Path.GetFileName(path)), File.ReadAllBytes(path));
            }
        }

        _directory.Write("m/1/model.named", "model"u8);
        _host = new PluginHost(Path.Combine(_directory.FullPath, "plugins"), new EngineOptions(), 2, NullLoggerFactory.Instance, TimeProvider.System);
        _host.Scan();
        _selector = new BackendSelector(_host, new DevicePlacement(new DeviceSchedulers(), new ModelRegistry()));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public void A_backend_that_runs_only_what_names_it_gets_no_other_model()
    {
        Assert.StartsWith("no backend is loaded", Refuse(backend: null), StringComparison.Ordinal);
        Assert.StartsWith("backend 'named' cannot run on", Refuse("named"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("needs")]
    [InlineData(null)]
    public void Plugins_that_are_not_used_are_named_with_their_reason(string? backend) =>
        Assert.Contains("; unavailable: NeedsHardware (there is no abacus; looked at 'nothing')", Refuse(backend), StringComparison.Ordinal);

    [Fact]
    public void A_plugin_of_another_backend_than_the_one_that_is_asked_for_is_not_named() =>
        Assert.DoesNotContain("NeedsHardware", Refuse("named"), StringComparison.Ordinal);

    [Fact]
    public void Without_a_device_the_model_is_looked_at_all_the_same()
    {
        Assert.DoesNotContain("what can be checked of the model", Refuse("named"), StringComparison.Ordinal);
        _directory.Write("m/1/model.named", "wrong"u8);
        Assert.Equal("Model 'm' version 1: the model is wrong.", Refuse("named"));
        _directory.Write("m/1/model.named", "right"u8);
        Assert.EndsWith("; what can be checked of the model without a device is right", Refuse("named"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_is_missing_where_the_backend_or_its_plugin_wants_one_and_nothing_else_is_wrong()
    {
        Assert.IsType<DeviceMissingException>(Find("named"));
        Assert.IsType<DeviceMissingException>(Find("needs"));
        Assert.IsType<BackendException>(Find("unknown"));
        Assert.IsType<BackendException>(Find(backend: null));
        Assert.IsType<BackendException>(Find("named", DeviceKind.Cuda));
        _directory.Write("m/1/model.named", "wrong"u8);
        Assert.IsType<BackendException>(Find("named"));
        File.Delete(Path.Combine(_directory.FullPath, "m", "1", "model.named"));
        Assert.IsType<BackendException>(Find("named"));
    }

    [Fact]
    public void What_is_seen_without_a_device_is_compared_with_the_configuration()
    {
        _directory.Write("m/1/model.named", "right"u8);
        var refusal = Assert.IsType<BackendException>(Find(new ModelConfiguration { Backend = "named", Outputs = [new TensorConfiguration("Z")] }));

        Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
        Assert.StartsWith("model.yaml disagrees with the model file: output 'Z' does not exist", refusal.Message, StringComparison.Ordinal);
    }

    private string Refuse(string? backend) => Find(backend).Message;

    private Exception Find(string? backend, DeviceKind? kind = null) => Find(new ModelConfiguration { Backend = backend, Device = new DeviceSelector(kind, null) });

    private Exception Find(ModelConfiguration configuration) =>
        Assert.ThrowsAny<Exception>(() => _selector.Select(configuration, new VersionDirectory(1, Path.Combine(_directory.FullPath, "m", "1"))));
}
