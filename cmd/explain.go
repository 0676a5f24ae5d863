package cmd

import (
	"errors"
	"syscall"

	"github.com/segctl/segctl/internal/authorize"
)

// credentials lists the three ways to configure an App.
func (v *verdict) credentials() {
	v.hint("export SEGCTL_CLIENT_ID=… SEGCTL_CLIENT_SECRET=…")
	v.hint("segctl config set client_id …, and segctl config set client_secret, which asks for it and keeps it in the keyring")
	v.hint("--env-file .env, with CLIENT_ID and CLIENT_SECRET in it")
}

// authorize explains what the authorization-code flow ran into.
func (v *verdict) authorize(err error) bool {
	var (
		refused  *authorize.Error
		network  *authorize.NetworkError
		port     *authorize.PortError
		redirect *authorize.RedirectURLError
		endpoint *authorize.EndpointError
	)
	switch {
	case errors.As(err, &refused):
		v.refused(refused)
	case errors.As(err, &network):
		v.Code = exitNetwork
		v.hint("segctl install   # again; if Segment then says the install exists: segctl installs import NAME")
	case errors.As(err, &port):
		v.Code = exitFailure
		switch {
		case isAddressInUse(port.Err):
			v.Message = "the redirect URL's port is taken: " + port.Error()
			v.hint("end the program that listens on %s, or register another redirect URL with your App and set SEGCTL_REDIRECT_URL to it", port.Addr)
		case errors.Is(port.Err, syscall.EACCES):
			v.hint("use a redirect URL with a port above 1023")
		}
	case errors.As(err, &redirect), errors.As(err, &endpoint):
		v.Code = exitUsage
	case errors.Is(err, authorize.ErrTimeout):
		v.Code = exitSignIn
		v.hint("segctl install --timeout 15m   # a longer wait")
		v.hint("if the browser showed an error about the client or the redirect URI, compare client_id and redirect_url with the App's page")
	default:
		return false
	}
	return true
}

// refused explains what the authorization server said. The causes are those of the guide's troubleshooting FAQ.
func (v *verdict) refused(e *authorize.Error) {
	v.Code = exitFailure
	switch e.Reason {
	case authorize.Denied:
		v.Code = exitForbidden
		v.Message = "the owner of the workspace denied the install: " + e.Error()
		v.hint("segctl install   # to ask again")
	case authorize.InvalidScope:
		v.Code = exitForbidden
		v.Message = "the scope is not the one that your App is registered with: " + e.Error()
		v.hint("segctl install --scope SCOPE   # with the scope on the App's page, such as destination/<slug>")
	case authorize.RedirectMismatch:
		v.Code = exitUsage
		v.Message = "the redirect URL is not one that your App is registered with: " + e.Error()
		v.hint("register it on the App's page, or set SEGCTL_REDIRECT_URL to the one that is registered")
	case authorize.InstallExists:
		v.Code = exitConflict
		v.Message = "the App is installed on this workspace already: " + e.Error()
		v.hint("segctl installs list   # is it saved here?")
		v.hint("segctl installs import NAME   # if not: all it needs is the install's name, such as installs/7")
	case authorize.InvalidClient:
		v.Code = exitSignIn
		v.Message = "the client id or client secret is wrong: " + e.Error()
		v.hint("compare SEGCTL_CLIENT_ID and SEGCTL_CLIENT_SECRET with the App's page")
	case authorize.InvalidCode:
		v.Code = exitSignIn
		v.Message = "the authorization code was refused: it has expired or was used before: " + e.Error()
		v.hint("segctl install   # again")
	case authorize.RateLimited:
		v.Code = exitRateLimited
		v.hint("segctl install   # again, in a minute: Segment allows 200 requests a minute")
	case authorize.ServerFailure, authorize.BadAnswer:
		v.Code = exitNetwork
		v.hint("segctl install   # again, in a while")
	}
}
