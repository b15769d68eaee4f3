namespace Camshaft.Server.Tests;

public sealed class PluginLayoutTests
{
    private static readonly string Plugins = Path.Combine(AppContext.BaseDirectory, "plugins");

    [Theory]
    [InlineData("OnnxRuntime.Cpu")]
    [InlineData("Sample")]
    public void Each_plugin_lies_in_a_folder_of_its_name_beside_the_server(string name) =>
        Assert.True(File.Exists(Path.Combine(Plugins, name, name + ".dll")));

    [Fact]
    public void No_plugin_brings_its_own_copy_of_the_contract() =>
        Assert.Empty(Directory.EnumerateFiles(Plugins, "Camshaft.Backends.dll", SearchOption.AllDirectories));
}
