using Microsoft.Extensions.Hosting.Systemd;

namespace Camshaft.Server.Startup;

/// <summary>Ties the server to the service manager that started it, where one did. Nothing of it is active otherwise.</summary>
internal static class ServiceManager
{
    private const string ServiceName = "camshaft";

    /// <summary>Adds what systemd or Windows expects of a service. After the lifetime of a server without one, which Windows' replaces.</summary>
    public static void AddServiceManager(this IServiceCollection services)
    {
        services.AddWindowsService(static service => service.ServiceName = ServiceName);

        // The package's own lifetime says READY=1 as soon as the host runs, which is before any model does.
        var systemd = new SystemdNotifier();
        if (systemd.IsEnabled)
        {
            services.AddSingleton<ISystemdNotifier>(systemd);
            services.AddHostedService<SystemdService>();
        }
    }
}
