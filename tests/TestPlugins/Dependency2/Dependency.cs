namespace Camshaft.TestPlugins;

/// <summary>Tells which version of this assembly it comes from.</summary>
public static class Dependency
{
    public static string Describe() => "dependency 2";
}
