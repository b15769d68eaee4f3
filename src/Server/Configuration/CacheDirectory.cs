namespace Camshaft.Server.Configuration;

/// <summary>Where this user's programs keep what they can make again.</summary>
internal static class CacheDirectory
{
    private const string Name = "camshaft";

    /// <summary>
    /// Finds it: what systemd made for the service (<c>CacheDirectory=</c>), else <c>camshaft</c> in the user's cache directory.
    /// Null for a user without a home.
    /// </summary>
    public static string? FindDefault()
    {
        // systemd.exec(5): several directories are separated by colons.
        if (Environment.GetEnvironmentVariable("CACHE_DIRECTORY") is { Length: > 0 } service)
        {
            return service.Split(':')[0];
        }

        if (OperatingSystem.IsWindows())
        {
            return Below(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), Path.Combine(Name, "cache"));
        }

        // The XDG base directory specification: a relative path is to be ignored.
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } cache && Path.IsPathRooted(cache))
        {
            return Path.Combine(cache, Name);
        }

        return Below(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify),
            OperatingSystem.IsMacOS() ? Path.Combine("Library", "Caches", Name) : Path.Combine(".cache", Name));
    }

    private static string? Below(string directory, string relativePath) => directory.Length > 1 ? Path.Combine(directory, relativePath) : null;
}
