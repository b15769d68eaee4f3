using Camshaft.Engine.Plugins;
using Camshaft.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Engine.Tests.Plugins;

/// <summary>Real plugins in real load contexts, laid out in a directory of each test's own.</summary>
public sealed class PluginHostTests : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly PluginHost _host;

    public PluginHostTests() => _host = new PluginHost(_directory.FullPath, new EngineOptions(), 2, NullLoggerFactory.Instance, _clock);

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public void Two_plugins_with_different_versions_of_one_dependency_see_each_their_own()
    {
        Install("Alpha");
        Install("Beta");
        _host.Scan();

        Assert.Equal(["dependency 1", "dependency 2"], _host.Backends.Select(backend => backend.Platform).Order());
    }

    [Fact]
    public void A_plugin_that_brings_its_own_copy_of_the_contract_gets_the_hosts()
    {
        Install("Alpha");
        var contract = typeof(Backends.IBackend).Assembly.Location;
        File.Copy(contract, Path.Combine(_directory.FullPath, "Alpha", Path.GetFileName(contract)));
        _host.Scan();

        Assert.Equal("alpha", Assert.Single(_host.Backends).Name);
    }

    [Theory]
    [InlineData("NewerContract", "version 1.5 of the backend contract; this server has 1.4")]
    [InlineData("ThrowsInConstructor", "no licence")]
    [InlineData("LacksNativeLibrary", "libcamshaft_absent.so")]
    [InlineData("TwoBackends", "2 public classes that implement IBackend; expected one")]
    public void A_plugin_that_cannot_be_used_is_listed_with_its_reason_and_stops_no_other(string name, string reason)
    {
        Install(name);
        Install("Alpha");
        _host.Scan();

        var failed = Assert.Single(_host.Plugins, plugin => plugin.State == PluginState.Failed);
        Assert.Equal(name, failed.Name);
        Assert.Contains(reason, failed.Reason, StringComparison.Ordinal);
        Assert.Equal("alpha", Assert.Single(_host.Backends).Name);
    }

    [Fact]
    public async Task A_plugin_whose_hardware_is_not_there_is_unavailable_and_no_error_is_logged()
    {
        Install("NeedsHardware");
        var options = new EngineOptions { Backends = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["hardware"] = new Dictionary<string, string> { ["PORT"] = "com1" } } };
        using var logs = new RecordedLogs();
        await using var host = new PluginHost(_directory.FullPath, options, 2, logs, _clock);
        host.Scan();

        var plugin = Assert.Single(host.Plugins);
        Assert.Equal(PluginState.Unavailable, plugin.State);
        Assert.Equal("there is no abacus; looked at 'com1'", plugin.Reason);
        Assert.Empty(host.Backends);
        Assert.Equal(LogLevel.Information, Assert.Single(logs.Levels));
    }

    [Fact]
    public void A_file_that_is_no_assembly_is_refused()
    {
        _directory.Write("Bad/Bad.dll", "no assembly"u8.ToArray());
        _host.Scan();

        Assert.Contains("is not a .NET assembly", Assert.Single(_host.Plugins).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_an_assembly_of_its_name_is_refused()
    {
        _directory.Write("Empty/readme.txt", "nothing"u8.ToArray());
        _host.Scan();

        Assert.Contains("There is no 'Empty.dll'", Assert.Single(_host.Plugins).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_assembly_that_is_no_plugin_is_refused()
    {
        Install("Alpha", "TestDependency");
        _host.Scan();

        Assert.Contains("[assembly: CamshaftPlugin(ContractVersion.Minor)]", Assert.Single(_host.Plugins).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_backend_of_one_name_and_device_is_refused()
    {
        Install("Alpha");
        Install("Clash");
        _host.Scan();

        Assert.Contains("already provides the backend 'alpha'", Assert.Single(_host.Plugins, plugin => plugin.Name == "Clash").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_dropped_in_counts_once_it_has_not_changed_for_two_seconds()
    {
        var changes = 0;
        _host.Changed += () => changes++;
        _host.Scan();
        _host.StartWatching();
        Install("Alpha");
        PassSeconds(2);
        Assert.Empty(_host.Backends);

        PassSeconds(1);
        Assert.Equal("alpha", Assert.Single(_host.Backends).Name);
        Assert.Equal(1, changes);
    }

    [Fact]
    public void A_failed_plugin_is_tried_again_when_its_folder_changes()
    {
        _directory.Write("Alpha/Alpha.dll", "half a copy"u8.ToArray());
        _host.Scan();
        _host.StartWatching();
        Assert.Equal(PluginState.Failed, Assert.Single(_host.Plugins).State);

        Install("Alpha");
        PassSeconds(4);
        Assert.Null(Assert.Single(_host.Plugins).Reason);
    }

    [Fact]
    public void A_loaded_plugin_stays_when_its_folder_changes()
    {
        Install("Alpha");
        _host.Scan();
        _host.StartWatching();
        var backend = Assert.Single(_host.Backends);
        _directory.Write("Alpha/new.txt", "newer"u8.ToArray());
        PassSeconds(4);

        Assert.Same(backend, Assert.Single(_host.Backends));
    }

    [Fact]
    public void A_missing_directory_is_an_empty_one()
    {
        var host = new PluginHost(Path.Combine(_directory.FullPath, "absent"), new EngineOptions(), 2, NullLoggerFactory.Instance, _clock);
        host.Scan();

        Assert.Empty(host.Plugins);
    }

    private void PassSeconds(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private void Install(string plugin, string? file = null)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "plugins", plugin);
        foreach (var path in Directory.GetFiles(source).Where(path => file is null || Path.GetFileNameWithoutExtension(path) == file))
        {
            _directory.Write(Path.Combine(file ?? plugin, Path.GetFileName(path)), File.ReadAllBytes(path));
        }
    }
}
