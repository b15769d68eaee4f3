namespace Camshaft.Backends;

/// <summary>
/// The version of this contract. The major is the assembly's version and changes when plugins must be changed; the minor
/// grows when something is added that a plugin may come to need.
/// </summary>
public static class ContractVersion
{
    /// <summary>The major version, equal to that of the assembly.</summary>
    public const int Major = 1;

    /// <summary>The minor version.</summary>
    public const int Minor = 4;
}
